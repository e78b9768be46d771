"""The messages of SPEC.md, read from its schema lines, and how frames are made of them."""

import pathlib
import re
import struct

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
