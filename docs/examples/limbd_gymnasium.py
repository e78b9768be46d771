"""A robot of limbd as a Gymnasium environment: env = LimbdEnv("configs/quad8-sim.yaml"); any learner for Box spaces will do."""
import struct, subprocess
import gymnasium, numpy as np

class LimbdEnv(gymnasium.Env):
    def __init__(self, profile, limbd="limbd", arguments=(), seed=0):
        self.command, self.seed, self.process = [limbd, "environment", profile, *arguments], seed, None
        self.is_used = False
        spaces = self._start()
        _, seen, acts, _, self.episode_steps = struct.unpack("<5I", spaces[:20])
        bounds = np.frombuffer(spaces, "<f4", 2 * (seen + acts), 20)
        self.observation_space = gymnasium.spaces.Box(bounds[:seen], bounds[seen:2 * seen], dtype=np.float32)
        self.action_space = gymnasium.spaces.Box(bounds[2 * seen:][:acts], bounds[2 * seen + acts:], dtype=np.float32)

    def _start(self):
        self.close()
        self.process = subprocess.Popen(self.command + ["--seed", str(self.seed)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self._ask(b"HELO", struct.pack("<I", 1), b"SPAC")

    def _ask(self, tag, payload, wanted):
        self.process.stdin.write(tag + struct.pack("<I", len(payload)) + payload)
        self.process.stdin.flush()
        head = self.process.stdout.read(8)
        if len(head) < 8: raise RuntimeError(f"limbd environment ended with exit code {self.process.wait()}")
        answer = self.process.stdout.read(struct.unpack("<I", head[4:])[0])
        if head[:4] != wanted: raise RuntimeError(answer.decode() if head[:4] == b"FAIL" else f"found {head[:4]}, expected {wanted}")
        return answer

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        if seed is not None and (seed != self.seed or self.is_used):
            self.seed = seed
            self._start()  # all that is random hangs on the seed that the robot starts with
        self.is_used = True
        return np.frombuffer(self._ask(b"RSET", struct.pack("<IQ", 0, 0), b"OBSV"), "<f4").copy(), {}

    def step(self, action):
        answer = self._ask(b"STEP", np.clip(action, -1, 1).astype("<f4").tobytes(), b"NEXT")
        reward, flags = struct.unpack("<fI", answer[:8])
        # Not regular: something happened that was not the action's doing, and a learner had better not store the step.
        return np.frombuffer(answer, "<f4", -1, 8).copy(), reward, bool(flags & 1), bool(flags & 2), {"regular": not flags & 4}

    def close(self):
        if self.process:
            self.process.stdin.close()
            self.process.wait()
            self.process = None
