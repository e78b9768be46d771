#!/usr/bin/env python3
"""Golden vectors of limb-link, made from SPEC.md by a third implementation.

    pip install -r requirements.txt
    python3 generate.py           write vectors.json and vectors.txt
    python3 generate.py --check   exit 1 if the committed files are not what this would write

The message layouts come from the schema lines in SPEC.md, COBS from PyPI `cobs`, the CRC from PyPI `crccheck`; the
receiver follows SPEC 2 row by row. Nothing is shared with the C and Swift codecs.
"""

import json
import sys

from cobs import cobs

from layout import COUNTERS, HERE, MESSAGES, Numbers, crc
from messages import message_vectors
from streams import stream_vectors


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
