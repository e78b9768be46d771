#!/usr/bin/env python3
"""How fast a learner's actions go to and fro: spectrum.py STATE... prints, by the 1,500 steps, true to the replay store,

    forward speed (the daemon's estimate), mean sigma before tanh, and the frequency at which the actions have most power, and the mean of
    their spectrum (medians over episodes of at least 100 steps; white noise at 20 Hz has its mean at 5 Hz).

Needs numpy: .venv/bin/python3 has it after `make test`.
"""
import pathlib, sys
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "docs" / "examples"))
from read_replay import read_segment

WINDOW = 1500


def spectrum(actions, seconds):
    """Frequencies of most power and of the mean, Hz."""
    windowed = (actions - actions.mean(axis=0)) * np.hanning(len(actions))[:, None]
    power = (np.abs(np.fft.rfft(windowed, axis=0)) ** 2).sum(axis=1)
    hertz = np.fft.rfftfreq(len(actions), seconds)
    return hertz[power.argmax()], (power * hertz).sum() / power.sum()


for state in map(pathlib.Path, sys.argv[1:]):
    records = np.concatenate([read_segment(path) for path in sorted((state / "replay").glob("segment-*.limb"))])
    steps = records[records["kind"] == 1]
    used = np.flatnonzero(np.any(steps["pre_squash"] != 0, axis=0))
    print(f"{state}: {len(steps)} steps")
    for first in range(0, len(steps), WINDOW):
        part = steps[first:first + WINDOW]
        actions = np.tanh(part["pre_squash"][:, used].astype(float))
        whole = [actions[part["episode"] == e] for e in np.unique(part["episode"]) if (part["episode"] == e).sum() >= 100]
        most, mean = np.median([spectrum(a, float(np.median(part["duration_s"]))) for a in whole], axis=0) if whole else (np.nan, np.nan)
        print(f"  {first:6}: {part['base_velocity_m_s'][:, 0].mean():5.2f} m/s, sigma {np.exp(part['log_standard_deviation'][:, used]).mean():.2f}, "
              f"most power at {most:.1f} Hz, mean {mean:.1f} Hz")
