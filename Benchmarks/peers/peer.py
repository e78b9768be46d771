"""One peer, measured on request: `peer.py sb3|sbx THREADS`. Prints its versions as one JSON line when it is ready; then each
line on standard input is a number of seconds, answered by one line: updates a second.

The shape is that of `plain` in `limbd bench learner`: observation 112, action 8, 2 × 256, batch 256, actor, temperature and
targets at every update, each batch drawn anew from 100,000 stored steps. Everything else is the library's default. Updates
are asked for in blocks, as a user would who learns several times a step: it spares the libraries a part of their overhead.
"""

import json
import os
import sys
import time

OBSERVATION, ACTION, STORED, BATCH, BLOCK = 112, 8, 100_000, 256, 32


def environment():
    import gymnasium
    import numpy

    class Idle(gymnasium.Env):
        observation_space = gymnasium.spaces.Box(-1, 1, (OBSERVATION,), numpy.float32)
        action_space = gymnasium.spaces.Box(-1, 1, (ACTION,), numpy.float32)

        def reset(self, seed=None, options=None):
            return numpy.zeros(OBSERVATION, numpy.float32), {}

        def step(self, action):
            return numpy.zeros(OBSERVATION, numpy.float32), 0.0, False, False, {}

    return Idle()


def fill(buffer):
    import numpy

    random = numpy.random.default_rng(1)
    for array in (buffer.observations, buffer.next_observations, buffer.actions, buffer.rewards):
        array[:] = random.uniform(-1, 1, array.shape)
    buffer.full = True


def sb3(threads):
    import stable_baselines3
    import torch

    torch.set_num_threads(threads)
    versions = {"stable_baselines3": stable_baselines3.__version__, "torch": torch.__version__}
    return stable_baselines3.SAC, {"device": "cpu"}, versions


def sbx(threads):
    import jax
    import sbx as library

    # XLA takes as many threads as it may run on; the affinity was set before it was loaded.
    versions = {"sbx": library.__version__, "jax": jax.__version__, "devices": str(jax.devices())}
    return library.SAC, {}, versions


def main():
    name, threads = sys.argv[1], int(sys.argv[2])
    os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = str(threads)
    cpus = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, cpus[-threads:])
    algorithm, options, versions = {"sb3": sb3, "sbx": sbx}[name](threads)
    from stable_baselines3.common.logger import Logger

    model = algorithm(
        "MlpPolicy", environment(), buffer_size=STORED, batch_size=BATCH, policy_kwargs={"net_arch": [256, 256]}, seed=1,
        **options)
    model.set_logger(Logger(folder=None, output_formats=[]))
    fill(model.replay_buffer)
    for _ in range(3):
        model.train(gradient_steps=BLOCK, batch_size=BATCH)
    print(json.dumps(versions), flush=True)
    for line in sys.stdin:
        limit, done, start = float(line), 0, time.perf_counter()
        while (now := time.perf_counter()) - start < limit:
            model.train(gradient_steps=BLOCK, batch_size=BATCH)
            done += BLOCK
        print(done / (now - start), flush=True)


if __name__ == "__main__":
    main()
