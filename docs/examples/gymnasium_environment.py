"""Serves a Gymnasium environment to limbd: limbd train P --environment 'python3 gymnasium_environment.py Pendulum-v1'"""
import struct, sys
import gymnasium, numpy as np

stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
sys.stdout = sys.stderr  # whatever the environment prints stays out of the protocol
env = gymnasium.make(sys.argv[1])

def send(tag, *parts):
    payload = b"".join(part if isinstance(part, bytes) else np.asarray(part, "<f4").tobytes() for part in parts)
    stdout.write(tag + struct.pack("<I", len(payload)) + payload)
    stdout.flush()

def flat(space, value): return gymnasium.spaces.flatten(space, value)

while len(head := stdin.read(8)) == 8:
    tag, payload = head[:4], stdin.read(struct.unpack("<I", head[4:])[0])
    try:
        if tag == b"HELO":
            seen, acts = gymnasium.spaces.flatten_space(env.observation_space), env.action_space
            if struct.unpack("<I", payload) != (1,): raise ValueError("this environment speaks version 1 of the protocol")
            if not isinstance(acts, gymnasium.spaces.Box): raise ValueError(f"actions are {acts}, expected a Box")
            limit = (env.spec and env.spec.max_episode_steps) or 0
            send(b"SPAC", struct.pack("<5I", 1, seen.shape[0], acts.low.size, 1, limit), seen.low, seen.high,
                 acts.low, acts.high, sys.argv[1].encode()[:256])
        elif tag == b"RSET":
            given, seed = struct.unpack("<IQ", payload)
            send(b"OBSV", flat(env.observation_space, env.reset(seed=seed % 2**32 if given else None)[0]))
        elif tag == b"STEP":
            action = np.frombuffer(payload, "<f4").reshape(env.action_space.shape).astype(env.action_space.dtype)
            seen, reward, terminated, truncated, _ = env.step(action)
            send(b"NEXT", [reward], struct.pack("<I", int(terminated) | int(truncated) << 1), flat(env.observation_space, seen))
        else:
            break
    except Exception as error:  # limbd tells it as the environment's own words
        send(b"FAIL", f"{type(error).__name__}: {error}".encode())
        raise
