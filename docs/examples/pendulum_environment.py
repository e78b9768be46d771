"""Gymnasium's Pendulum-v1 for limbd train, with nothing but Python: limbd train P --environment 'python3 pendulum_environment.py'"""
import math, random, struct, sys

def send(tag, payload):
    sys.stdout.buffer.write(tag + struct.pack("<I", len(payload)) + payload)
    sys.stdout.buffer.flush()

def receive():
    head = sys.stdin.buffer.read(8)
    return (head[:4], sys.stdin.buffer.read(struct.unpack("<I", head[4:])[0])) if len(head) == 8 else (b"QUIT", b"")

def observation():
    return struct.pack("<3f", math.cos(angle), math.sin(angle), speed)

chance, angle, speed, steps = random.Random(), 0.0, 0.0, 0
while True:
    tag, payload = receive()
    if tag == b"HELO":  # version, widths, obeys seeds, steps an episode, bounds, name
        send(b"SPAC", struct.pack("<5I", 1, 3, 1, 1, 200) + struct.pack("<8f", -1, -1, -8, 1, 1, 8, -2, 2) + b"pendulum")
    elif tag == b"RSET":
        flags, seed = struct.unpack("<IQ", payload)
        if flags & 1: chance = random.Random(seed)
        angle, speed, steps = chance.uniform(-math.pi, math.pi), chance.uniform(-1, 1), 0
        send(b"OBSV", observation())
    elif tag == b"STEP":
        torque = max(-2.0, min(2.0, struct.unpack("<f", payload)[0]))
        folded = (angle + math.pi) % (2 * math.pi) - math.pi
        reward = -(folded ** 2 + 0.1 * speed ** 2 + 0.001 * torque ** 2)
        speed = max(-8.0, min(8.0, speed + (15 * math.sin(angle) + 3 * torque) * 0.05))
        angle, steps = angle + speed * 0.05, steps + 1
        send(b"NEXT", struct.pack("<fI", reward, 2 if steps == 200 else 0) + observation())  # 2: truncated
    else:
        break
