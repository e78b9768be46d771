"""Byte streams, framed, broken and random, with what a receiver makes of them."""

import struct

from cobs import cobs

from layout import MAGIC, MESSAGES, Numbers, RANGES, crc, fill, frame, lengths_of, stuff
from messages import message_vectors
from receiver import Receiver


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
