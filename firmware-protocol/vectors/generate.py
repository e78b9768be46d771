#!/usr/bin/env python3
"""Golden vectors of limb-link, made from SPEC.md by a third implementation.

    pip install -r requirements.txt
    python3 generate.py           write vectors.json and vectors.txt
    python3 generate.py --check   exit 1 if the committed files are not what this would write

The message layouts come from the schema lines in SPEC.md, COBS from PyPI `cobs`, the CRC from PyPI `crccheck`; the
receiver below follows SPEC 2 row by row. Nothing is shared with the C and Swift codecs.
"""

import json
import pathlib
import re
import struct
import sys

from cobs import cobs
from crccheck.crc import Crc32Iscsi

HERE = pathlib.Path(__file__).resolve().parent
FORMATS = {"u8": "B", "i8": "b", "u16": "H", "i16": "h", "u32": "I", "i32": "i", "u64": "Q"}
STRANGERS = {"HELLO", "HELLO_ACK", "ESTOP"}
CLASSLESS = {"ESTOP", "TICK", "TICK_DONE"}
MAGIC, BOOT_MAGIC = 0x424D494C, 0x544F4F42
COUNTERS = ["frames", "oversize", "cobs", "short", "unknown_type", "crc", "bad_version", "bad_length", "bad_value",
            "seq_gap", "seq_repeat", "seq_old"]
RANGES = {  # SPEC 4, counts: (message, length field) -> (least, most)
    ("SENSOR_QUAD", "n_joints"): (1, 24), ("SENSOR_ARM", "n_joints"): (1, 24), ("COMMAND", "n_joints"): (1, 24),
    ("CAPS", "n_joints"): (1, 24), ("SENSOR_QUAD", "n_feet"): (0, 8), ("CAPS", "n_feet"): (0, 8),
    ("SENSOR_ARM", "gripper"): (0, 1), ("LOG", "length"): (0, 120), ("PARAM_VALUE", "name_length"): (0, 32),
    ("PARAM_VALUE", "unit_length"): (0, 32),
}


def crc(data):
    return Crc32Iscsi.calc(data)


class Message:
    """One schema line: fixed fields as (name, kind), then lists as (name, length field, fields)."""

    def __init__(self, printed_hash, line):
        self.name, type_text, layout = line.split(" ", 2)
        self.type = int(type_text, 16)
        self.hash = 0 if self.name in STRANGERS else crc(line.encode("ascii"))
        assert self.hash == int(printed_hash, 16), f"SPEC.md prints a wrong hash for {self.name}"
        self.fixed, self.lists = [], []
        for name, count, braces, kind in re.findall(r"(\w+)(?:\[(\w+)\])?(?:\{([^}]*)\}|:(\w+))", layout):
            if braces:
                self.lists.append((name, count, [tuple(field.split(":")) for field in braces.split(" ")]))
            elif count:
                self.fixed += [(f"{name}[{i}]", kind) for i in range(int(count))]
            else:
                self.fixed.append((name, kind))
        self.fixed_size = sum(struct.calcsize("<" + FORMATS[kind]) for _, kind in self.fixed)

    @property
    def cyclic(self):
        return 0x10 <= self.type <= 0x2F

    def scalars(self, lengths):
        """Every scalar in wire order, given the lists' lengths."""
        result = list(self.fixed)
        for name, count, fields in self.lists:
            for i in range(lengths[count]):
                result += [(f"{name}[{i}].{field}", kind) for field, kind in fields]
        return result

    def pack(self, values, lengths):
        kinds = self.scalars(lengths)
        assert len(kinds) == len(values), (self.name, len(kinds), len(values))
        payload = b"".join(struct.pack("<" + FORMATS[kind], value) for (_, kind), value in zip(kinds, values))
        if self.name == "CAPS":
            payload = struct.pack("<I", crc(payload[8:])) + payload[4:]
        return payload


def read_spec():
    text = (HERE.parent / "SPEC.md").read_text(encoding="utf-8")
    block = re.search(r"```schema\n(.*?)\n```", text, re.S).group(1)
    messages = [Message(*line.split(" ", 1)) for line in block.split("\n")]
    return {m.name: m for m in messages}


MESSAGES = read_spec()
BY_TYPE = {m.type: m for m in MESSAGES.values()}


class Numbers:
    """xorshift32: the same numbers in every version of every language."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        x = self.state
        x ^= x << 13 & 0xFFFFFFFF
        x ^= x >> 17
        x ^= x << 5 & 0xFFFFFFFF
        self.state = x
        return x

    def below(self, limit):
        return (self.next() >> 5) % limit

    def data(self, count):
        return bytes(self.next() >> 11 & 255 for _ in range(count))


def stuff(decoded):
    return b"\0" + cobs.encode(decoded) + b"\0"


def frame(name, payload, seq=1, t_us=0x01020304, version=0x10, schema=None, type_=None):
    message = MESSAGES[name]
    body = struct.pack("<BBHI", version, message.type if type_ is None else type_, seq, t_us) + payload
    tail = struct.pack("<I", message.hash if schema is None else schema)
    return stuff(body + struct.pack("<I", crc(body + tail)))


def lengths_of(message, choose):
    """choose(least, most) for the length of every list; CAPS also names its feet, which are no list."""
    lengths = {count: choose(*RANGES[(message.name, count)]) for _, count, _ in message.lists}
    if message.name == "CAPS":
        lengths["n_feet"] = 4
    return lengths


def limits(kind):
    bits = int(kind[1:])
    return (0, 2**bits - 1) if kind[0] == "u" else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def obey(message, name, value):
    """Bends a value to the rules of SPEC 4, values."""
    if name == "magic":
        return BOOT_MAGIC if message.name == "BOOT" else MAGIC
    if name == "session" and message.name in STRANGERS or message.name == "CAPS" and "_per_" in name:
        return value or 1
    if message.name.startswith("SENSOR") and name in ("state", "action"):
        return value % (10 if name == "state" else 6)
    if name == "mode":
        return value % 2
    return value % 4 if name == "op" else value


def fill(message, lengths, pick):
    """Values for every scalar, and the payload."""
    values = [lengths[name] if name in lengths else obey(message, name, pick(kind))
              for name, kind in message.scalars(lengths)]
    payload = message.pack(values, lengths)
    if message.name == "CAPS":
        values[0] = struct.unpack("<I", payload[:4])[0]
    return values, payload


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


def message_vectors():
    """Four of each message: random, all zero, all least, all most, as far as the value rules let them."""
    vectors = []
    for number, message in enumerate(MESSAGES.values()):
        numbers = Numbers(1000 + number)

        def random(kind):
            least, most = limits(kind)
            return least + (numbers.next() << 32 | numbers.next()) % (most - least + 1)

        cases = [("random", lambda lo, hi: (lo + hi + 1) // 2, random), ("zero", lambda lo, hi: lo, lambda kind: 0),
                 ("least", lambda lo, hi: max(lo, 1), lambda kind: limits(kind)[0]),
                 ("most", lambda lo, hi: hi, lambda kind: limits(kind)[1])]
        for case, choose, pick in cases:
            lengths = lengths_of(message, choose)
            values, payload = fill(message, lengths, pick)
            seq = 0 if message.name in CLASSLESS else numbers.next() & 0xFFFF
            t_us = numbers.next()
            vectors.append({
                "name": f"{message.name} {case}", "message": message.name, "type": message.type, "seq": seq,
                "t_us": t_us, "frame": frame(message.name, payload, seq, t_us).hex(), "payload": payload.hex(),
                "fields": dict(zip([name for name, _ in message.scalars(lengths)], values)),
            })
    return vectors


def small(name, **changes):
    """A small valid payload; `changes` override fields without any check."""
    message = MESSAGES[name]
    lengths = lengths_of(message, lambda lo, hi: max(lo, 1))
    values, _ = fill(message, lengths, lambda kind: 1)
    names = [n for n, _ in message.scalars(lengths)]
    for key, value in changes.items():
        values[names.index(key)] = value
    return message.pack(values, lengths)


def run(name, *seqs):
    return b"".join(frame(name, small(name), seq) for seq in seqs)


def framing_streams():
    command, payload = frame("COMMAND", small("COMMAND")), small("COMMAND")
    estop = frame("ESTOP", b"\1\0", 0)
    return {
        "nothing": b"",
        "only delimiters": b"\0" * 7,
        "one frame": command,
        "two frames": run("COMMAND", 1, 2),
        "two frames share a delimiter": run("COMMAND", 1) + run("COMMAND", 2)[1:],
        "no delimiter before": command[1:],
        "no delimiter after": command[:-1],
        "garbage before a frame": b"garbage" + command,
        "e-stop cuts into a frame": command[:9] + estop + run("COMMAND", 2),
        "cobs code beyond the end": b"\0\x09abc\0",
        "cobs code beyond the end by one": b"\0\x05abc\0",
        "515 bytes": b"\0" + b"\x01" * 515 + b"\0",
        "516 bytes": b"\0" + b"\x01" * 516 + b"\0" + command,
        "516 bytes without an end": b"\0" + b"\x01" * 516,
        "2000 bytes count once": b"\0" + b"\x02" * 2000 + b"\0" + command,
        "decoded to 513": b"\0" + b"\x01" * 514 + b"\0",
        "decoded to 512": b"\0" + b"\x01" * 513 + b"\0",
        "decoded to 11": stuff(b"\x10\x20" + bytes(9)),
        "decoded to 12": stuff(b"\x10\x20" + bytes(10)),
        "one byte": b"\0\x01\0",
        "unknown type": frame("COMMAND", payload, type_=0x7F),
        "unknown type is not checked further": stuff(b"\x10\x00" + bytes(10)),
        "crc of another schema": frame("COMMAND", payload, schema=0x12345678),
        "crc without a schema": frame("COMMAND", payload, schema=0),
        "one bit of the crc": command[:-2] + bytes([command[-2] ^ 1]) + b"\0",
        "another major version": frame("COMMAND", payload, version=0x20),
        "a higher minor version": frame("COMMAND", payload, version=0x1F),
        "a stranger's hello": frame("HELLO", small("HELLO"), version=0x20),
        "a stranger's acknowledgement": frame("HELLO_ACK", small("HELLO_ACK"), version=0xF0),
        "a stranger's stop": frame("ESTOP", b"\1\0", 0, version=0x00),
        "trailing bytes are ignored": frame("COMMAND", payload + b"later"),
        "the largest frame": frame("ESTOP", b"\1\0" + b"\xAA" * 498, 0),
        "one more than the largest": frame("ESTOP", b"\1\0" + b"\xAA" * 499, 0),
        "the largest frame of zeros": frame("ESTOP", bytes(500), 0),
        "a block may end in a needless code": b"\0" + cobs.encode(b"\x10\x31" + bytes(2) + b"\x01" * 250)[:-1] + b"\0",
    }


def payload_streams():
    streams = {}
    for name, message in MESSAGES.items():
        whole = small(name)
        longer = whole + b"\0\1\2"
        if name == "CAPS":
            longer = struct.pack("<I", crc(longer[8:])) + longer[4:]
        streams[f"{name} one byte short of its fixed part"] = frame(name, whole[: message.fixed_size - 1])
        streams[f"{name} without payload"] = frame(name, b"")
        streams[f"{name} with trailing bytes"] = frame(name, longer)
        if message.lists:
            streams[f"{name} one byte short of its lists"] = frame(name, whole[:-1])
    for (name, field), (least, most) in RANGES.items():
        values = [most + 1, 255] + ([0] if least == 1 else []) + ([most] if (name, field) != ("CAPS", "n_feet") else [])
        for value in values:
            streams[f"{name} {field} {value}, bytes for 1"] = frame(name, small(name, **{field: value}))
    for name, field, value in [
        ("HELLO", "magic", 0), ("HELLO", "session", 0), ("HELLO_ACK", "magic", MAGIC + 1), ("HELLO_ACK", "session", 0),
        ("CAPS", "q_per_rad", 0), ("CAPS", "foot_per_n", 0), ("CAPS", "acc_per_m_s2", 0), ("SENSOR_QUAD", "state", 10),
        ("SENSOR_QUAD", "action", 6), ("SENSOR_ARM", "state", 255), ("COMMAND", "mode", 2), ("PARAM", "op", 4),
        ("BOOT", "magic", MAGIC), ("HEARTBEAT", "state", 200), ("ACK", "result", 255),
    ]:
        streams[f"{name} {field} {value}"] = frame(name, small(name, **{field: value}))
    caps = small("CAPS")
    streams["CAPS with a wrong caps_crc"] = frame("CAPS", bytes([caps[0] ^ 1]) + caps[1:])
    streams["CAPS whose session part is not covered"] = frame("CAPS", caps[:4] + b"\xFF\xFF\xFF\xFF" + caps[8:])
    return streams


def sequence_streams():
    return {
        "cyclic in order": run("COMMAND", 5, 6, 7),
        "cyclic over the wrap": run("COMMAND", 65534, 65535, 0, 1),
        "cyclic gap": run("COMMAND", 5, 9, 10),
        "cyclic gap over the wrap": run("COMMAND", 65535, 3),
        "cyclic repeat is not delivered": run("COMMAND", 5, 5, 5, 6),
        "cyclic old is not delivered and moves nothing": run("COMMAND", 5, 7, 6, 8),
        "cyclic largest gap": run("COMMAND", 5, 5 + 32768),
        "cyclic least old": run("COMMAND", 5, 5 + 32769, 6),
        "service repeat and old are delivered": run("DISARM", 5, 5, 4, 6),
        "classes do not mix": run("COMMAND", 5) + run("DISARM", 100) + run("COMMAND", 6) + run("DISARM", 101),
        "both sensor messages are one class": run("SENSOR_QUAD", 5) + run("SENSOR_ARM", 5, 6),
        "hello forgets both classes":
            run("COMMAND", 50) + run("DISARM", 60) + run("HELLO", 3) + run("COMMAND", 7) + run("DISARM", 4),
        "hello_ack forgets both classes":
            run("SENSOR_QUAD", 50) + run("HELLO_ACK", 9) + run("SENSOR_QUAD", 50) + run("CAPS", 11),
        "hello twice": run("HELLO", 3, 3),
        "e-stop and ticks have no sequence":
            run("ESTOP", 9, 9, 3) + run("TICK", 7, 7) + run("TICK_DONE", 7, 1) + run("DISARM", 1, 2),
        "a bad frame does not move the sequence":
            run("COMMAND", 5) + frame("COMMAND", small("COMMAND", mode=2), 9) + run("COMMAND", 6),
    }


def mutate(numbers, data):
    data = bytearray(data)
    way, at = numbers.below(6), numbers.below(len(data))
    if way == 0:
        data[at] ^= 1 << numbers.below(8)
    elif way == 1:
        del data[at]
    elif way == 2:
        data.insert(at, numbers.below(256))
    elif way == 3:
        del data[at : at + 1 + numbers.below(20)]
    elif way == 4:
        data[at:at] = numbers.data(numbers.below(40))
    else:
        data[at] = 0
    return bytes(data)


def random_streams():
    streams = {}
    vectors = message_vectors()
    for number in range(12):
        numbers = Numbers(77 + number)
        data = b""
        seqs = {True: 65530, False: 65500}
        while len(data) < 4000:
            vector = vectors[numbers.below(len(vectors))]
            message = MESSAGES[vector["message"]]
            jump = [1, 1, 1, 1, 1, 0, 2, 7, 65530, 40000][numbers.below(10)]
            seqs[message.cyclic] = (seqs[message.cyclic] + jump) % 65536
            piece = frame(message.name, bytes.fromhex(vector["payload"]), seqs[message.cyclic])
            if numbers.below(3) == 0:
                piece = mutate(numbers, piece)
            data += piece + (numbers.data(numbers.below(700)) if numbers.below(8) == 0 else b"")
        streams[f"random {number}"] = data
    streams["noise"] = Numbers(5).data(6000)
    return streams


def stream_vectors():
    vectors = []
    for name, data in (framing_streams() | payload_streams() | sequence_streams() | random_streams()).items():
        receiver = Receiver()
        receiver.push(data)
        vectors.append({"name": name, "stream": data.hex(), "counters": receiver.counters,
                        "delivered": [list(item) for item in receiver.delivered]})
    return vectors


def cobs_vectors():
    numbers = Numbers(9)
    plains = [b"", b"\0", b"\0\0", b"\1", b"\1\0", b"\0\1", bytes(range(256)), bytes(range(1, 256))]
    plains += [bytes([7]) * n for n in (253, 254, 255, 256, 507, 508, 509, 512)]
    plains += [bytes([7]) * n + b"\0" for n in (253, 254, 255, 508)] + [numbers.data(n) for n in (12, 100, 512)]
    return [{"plain": p.hex(), "stuffed": cobs.encode(p).hex()} for p in plains]


def build():
    schema = [{"message": m.name, "type": m.type, "hash": f"{m.hash:08X}"} for m in MESSAGES.values()]
    crcs = [{"data": d.hex(), "crc": f"{crc(d):08X}"} for d in (b"", b"\0", b"123456789", bytes(32), b"\xFF" * 32)]
    document = {"version": "1.0", "crc": crcs, "cobs": cobs_vectors(), "schema": schema,
                "messages": message_vectors(), "streams": stream_vectors()}
    used = {name for v in document["streams"] for name, count in v["counters"].items() if count}
    assert used == set(COUNTERS), f"no stream reaches {set(COUNTERS) - used}"
    return document


def flat(document):
    """Tab-separated, one vector a line, `-` for no bytes: for readers without a JSON library."""
    lines = ["# made by generate.py; the first column is the kind, the others are:",
             "# crc data crc | cobs plain stuffed | schema name type hash",
             "# message name type seq t_us frame payload values(all scalars in wire order)",
             "# stream name bytes " + ",".join(COUNTERS) + " delivered(type:seq)"]
    lines += [f"crc\t{v['data'] or '-'}\t{v['crc']}" for v in document["crc"]]
    lines += [f"cobs\t{v['plain'] or '-'}\t{v['stuffed']}" for v in document["cobs"]]
    lines += [f"schema\t{v['message']}\t{v['type']}\t{v['hash']}" for v in document["schema"]]
    for v in document["messages"]:
        values = ",".join(str(value) for value in v["fields"].values())
        lines.append("\t".join(
            ["message", v["name"], str(v["type"]), str(v["seq"]), str(v["t_us"]), v["frame"], v["payload"], values]))
    for v in document["streams"]:
        counters = ",".join(str(v["counters"][name]) for name in COUNTERS)
        delivered = ",".join(f"{t}:{s}" for t, s in v["delivered"])
        lines.append("\t".join(["stream", v["name"], v["stream"] or "-", counters, delivered or "-"]))
    return "\n".join(lines) + "\n"


def main():
    document = build()
    files = {"vectors.json": json.dumps(document, indent=1) + "\n", "vectors.txt": flat(document)}
    if "--check" in sys.argv[1:]:
        stale = [name for name, text in files.items() if (HERE / name).read_text(encoding="utf-8") != text]
        if stale:
            sys.exit(f"not what generate.py makes: {', '.join(stale)}")
        print(f"{len(document['messages'])} messages, {len(document['streams'])} streams: as committed")
        return
    for name, text in files.items():
        (HERE / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
