#!/usr/bin/env python3
"""Frozen policies on robots that differ from the one that they learned on, judged from the simulator's truth.

    robustness.py STUDY [--jobs N] [--binary .build/release/limbd]     the last policy of every finished cell of a study, what is missing
    robustness.py STUDY --table                                        prints what there is as a table

Each policy acts by its mean for ten episodes under each condition: one number of the simulated robot changed, the rest drawn as
in learning. A line a (cell, condition) goes to docs/results/robustness-STUDY.jsonl; those that have one are not run again. The policies are the
checkpoints that study.py left below runs/study-cells/; at least one study must have been run there with this program.
"""
import argparse, json, pathlib, re, shutil, subprocess, sys, tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Benchmarks"))
import cells  # noqa: E402

KEYS = ("variant", "seed", "build", "profile", "condition")
CELLS = ROOT / "runs" / "study-cells"
EPISODES = 10
# Condition: the key of the profile's simulation, and the range that replaces it.
CONDITIONS = {
    "as learned": None,
    "mass −20 %": ("mass_scale", "[0.8, 0.8]"), "mass +20 %": ("mass_scale", "[1.2, 1.2]"),
    "motors −20 %": ("motor_strength_scale", "[0.8, 0.8]"), "motors +20 %": ("motor_strength_scale", "[1.2, 1.2]"),
    "friction 0.5": ("floor_friction", "[0.5, 0.5]"), "friction 1.25": ("floor_friction", "[1.25, 1.25]"),
    "latency 0 ms": ("latency_ms", "[0, 0]"), "latency 40 ms": ("latency_ms", "[40, 40]"),
}


def changed(text, condition):
    """The profile's text under a condition; its key must stand there once."""
    if CONDITIONS[condition] is None:
        return text
    key, value = CONDITIONS[condition]
    text, count = re.subn(rf"^(\s*{key}:) \[[^\]]*\]", rf"\1 {value}", text, flags=re.MULTILINE)
    if count != 1:
        sys.exit(f"{key} stands {count} times in the profile, expected once")
    return text


def run(cell, binary):
    name, condition = "-".join(str(cell[k]) for k in KEYS[:4]), cell["condition"]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "profile.yaml").write_text(changed((CELLS / name / "profile.yaml").read_text(), condition))
        (folder / "models").symlink_to(ROOT / "configs" / "models")
        shutil.copytree(CELLS / name / "state" / "checkpoints", folder / "state" / "checkpoints")
        done = subprocess.run(
            [binary, "run", folder / "profile.yaml", "--lockstep", "--arm", "--no-learn", "--policy", "mean", "--episodes",
             str(EPISODES), "--seed", str(cell["seed"] + 1000), "--state", folder / "state"], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{name}, {condition}: {done.stderr[-2000:]}")
        report = json.loads(subprocess.run([binary, "report", folder / "state", "--json"], capture_output=True, check=True).stdout)
    return cell | {k: report[k] for k in ("episodes", "passes", "mean_true_speed_m_s")}


def table(results):
    lines = cells.lines_of(results)
    seeds = sorted({l["seed"] for l in lines})
    for variant in dict.fromkeys(l["variant"] for l in lines):
        print(f"{variant}: passes of {EPISODES} episodes, mean action\n")
        print("| condition | " + " | ".join(f"seed {s}" for s in seeds) + " | all | m/s |")
        print("|" + "---|" * (len(seeds) + 3))
        for condition in CONDITIONS:
            mine = {l["seed"]: l for l in lines if l["variant"] == variant and l["condition"] == condition}
            found = [mine[s] for s in seeds if s in mine]
            if not found:
                continue
            words = [str(mine[s]["passes"]) if s in mine else "" for s in seeds]
            passes, episodes = sum(l["passes"] for l in found), sum(l["episodes"] for l in found)
            speed = sum(l["mean_true_speed_m_s"] for l in found) / len(found)
            print(f"| {condition} | " + " | ".join(words) + f" | {passes} of {episodes} | {speed:.2f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study", help="the name of its file, without .toml")
    cells.add_options(parser, ROOT)
    options = parser.parse_args()
    results = ROOT / "docs" / "results" / f"robustness-{options.study}.jsonl"
    if options.table:
        return table(results)
    learned = cells.lines_of(ROOT / "docs" / "results" / f"{options.study}.jsonl")
    wanted = [{k: c[k] for k in KEYS[:4]} | {"condition": condition} for c in learned for condition in CONDITIONS]
    cells.run_missing(wanted, results, KEYS, lambda cell: run(cell, options.binary), options.jobs, options.builds.split(","))


if __name__ == "__main__":
    main()
