"""Reads a device's frames as SPEC.md describes them, straight from its text: what the firmware says of itself, without limbd.

Only what the check needs: frames with one list, of integers; damaged frames are left out.
"""

import pathlib
import re
import struct

SPEC = pathlib.Path(__file__).resolve().parents[2] / "SPEC.md"
LETTERS = {"u8": "B", "i8": "b", "u16": "H", "i16": "h", "u32": "I", "i32": "i", "u64": "Q"}
STATES = ["BOOT", "WAIT_HELLO", "DISARMED", "ARMED", "COAST", "DAMP", "HOLD", "LIMP", "FAULT", "ESTOP"]
ACTIONS = ["OFF", "FOLLOW", "COAST", "HOLD", "DAMP", "LIMP"]


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


class Message:
    """The layout of one message: fixed fields, then lists whose length is one of these fields."""

    def __init__(self, name):
        line = re.search(rf"^[0-9A-F]{{8}} ({name} 0x([0-9A-F]{{2}}) .*)$", SPEC.read_text(encoding="utf-8"), re.M)
        self.type, self.hash = int(line[2], 16), crc32c(line[1].encode())
        fields = line[1].split(" ", 2)[2]
        self.lists = [(key, count, self._fields(inner)) for key, count, inner in re.findall(r"(\w+)\[(\w+)\]\{([^}]*)\}", fields)]
        self.fixed = self._fields(re.sub(r"\w+\[\w+\]\{[^}]*\}", "", fields))

    @staticmethod
    def _fields(text):
        pairs = [field.split(":") for field in text.split()]
        return [name for name, _ in pairs], struct.Struct("<" + "".join(LETTERS[kind] for _, kind in pairs))

    def read(self, payload):
        names, layout = self.fixed
        values = dict(zip(names, layout.unpack_from(payload)))
        at = layout.size
        for key, count, (names, layout) in self.lists:
            values[key] = []
            for _ in range(values[count]):
                values[key].append(dict(zip(names, layout.unpack_from(payload, at))))
                at += layout.size
        return values


def unstuff(stuffed):
    """COBS without delimiters, or None."""
    out, at = bytearray(), 0
    while at < len(stuffed):
        code = stuffed[at]
        if at + code > len(stuffed):
            return None
        out += stuffed[at + 1:at + code]
        at += code
        if code != 0xFF and at < len(stuffed):
            out.append(0)
    return bytes(out)


class Reader:
    """Takes a stream in pieces, gives the messages of one name that came whole, each with its device time `t_us`."""

    def __init__(self, name):
        self.message = Message(name)
        self.rest = b""

    def push(self, data):
        *frames, self.rest = (self.rest + data).split(b"\0")
        found = []
        for stuffed in frames:
            frame = unstuff(stuffed)
            if frame is None or len(frame) < 12 or frame[1] != self.message.type:
                continue
            if crc32c(frame[:-4] + struct.pack("<I", self.message.hash)) != struct.unpack("<I", frame[-4:])[0]:
                continue
            values = self.message.read(frame[8:-4])
            values["t_us"] = struct.unpack_from("<I", frame, 4)[0]
            found.append(values)
        return found
