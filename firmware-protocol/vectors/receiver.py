"""The receiver of SPEC 2, row by row."""

import struct

from cobs import cobs

from layout import BOOT_MAGIC, BY_TYPE, CLASSLESS, COUNTERS, FORMATS, MAGIC, RANGES, STRANGERS, crc


class Receiver:
    """SPEC 2, row by row."""

    def __init__(self):
        self.buffer = bytearray()
        self.discarding = False
        self.last = {True: None, False: None}
        self.counters = dict.fromkeys(COUNTERS, 0)
        self.delivered = []

    def push(self, data):
        for byte in data:
            if byte == 0:
                if self.buffer:
                    self.candidate(bytes(self.buffer))
                self.discarding = False
                self.buffer.clear()
            elif not self.discarding:
                if len(self.buffer) == 515:
                    self.counters["oversize"] += 1
                    self.discarding = True
                    self.buffer.clear()
                else:
                    self.buffer.append(byte)

    def candidate(self, stuffed):
        counter = self.judge(stuffed)
        if counter is not None:
            self.counters[counter] += 1

    def judge(self, stuffed):
        try:
            decoded = cobs.decode(stuffed)
        except cobs.DecodeError:
            return "cobs"
        if len(decoded) > 512:
            return "oversize"
        if len(decoded) < 12:
            return "short"
        version, type_, seq, _ = struct.unpack("<BBHI", decoded[:8])
        if type_ not in BY_TYPE:
            return "unknown_type"
        message = BY_TYPE[type_]
        body, (sent,) = decoded[:-4], struct.unpack("<I", decoded[-4:])
        if crc(body + struct.pack("<I", message.hash)) != sent:
            return "crc"
        if version >> 4 != 1 and message.name not in STRANGERS:
            return "bad_version"
        problem = self.payload_problem(message, body[8:])
        if problem:
            return problem
        self.counters["frames"] += 1
        if self.take_sequence(message, seq):
            self.delivered.append((message.type, seq))
        return None

    def payload_problem(self, message, payload):
        if len(payload) < message.fixed_size:
            return "bad_length"
        kinds = "".join(FORMATS[kind] for _, kind in message.fixed)
        fields = dict(zip([name for name, _ in message.fixed], struct.unpack_from("<" + kinds, payload)))
        for (name, count), (least, most) in RANGES.items():
            if name == message.name and not least <= fields[count] <= most:
                return "bad_value"
        need = message.fixed_size
        for _, count, parts in message.lists:
            need += fields[count] * struct.calcsize("<" + "".join(FORMATS[kind] for _, kind in parts))
        if len(payload) < need:
            return "bad_length"
        greeting = fields.get("magic") == MAGIC and fields.get("session") != 0
        sensor = fields.get("state", 0) <= 9 and fields.get("action", 0) <= 5
        good = {
            "HELLO": greeting, "HELLO_ACK": greeting, "SENSOR_QUAD": sensor, "SENSOR_ARM": sensor,
            "CAPS": fields.get("caps_crc") == crc(payload[8:]) and all(v for k, v in fields.items() if "_per_" in k),
            "COMMAND": fields.get("mode", 0) <= 1, "PARAM": fields.get("op", 0) <= 3,
            "BOOT": fields.get("magic") == BOOT_MAGIC,
        }.get(message.name, True)
        return None if good else "bad_value"

    def take_sequence(self, message, seq):
        if message.name in CLASSLESS:
            return True
        if message.name in ("HELLO", "HELLO_ACK"):
            self.last = {True: None, False: None}
        last = self.last[message.cyclic]
        distance = 1 if last is None else (seq - last) % 65536
        if 1 <= distance <= 32768:
            self.counters["seq_gap"] += distance - 1
            self.last[message.cyclic] = seq
            return True
        self.counters["seq_repeat" if distance == 0 else "seq_old"] += 1
        return not message.cyclic
