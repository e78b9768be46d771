"""Frames of every message, with the numbers that are in them."""

from layout import CLASSLESS, MESSAGES, Numbers, fill, frame, lengths_of, limits


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
