#!/usr/bin/env python3
"""Peers (SBX: SAC, DroQ, CrossQ) learn to walk on `limbd environment`, judged like limbd's own runs, from the simulator's truth.

    walk.py [--recipes sac,droq-4,…] [--seeds 20-29] [--steps 18000] [--jobs N]     runs what is missing, one line a cell
    walk.py --table                                                                 prints what there is

A cell is (recipe, seed, bytes of the program, profile text); each has a line in docs/results/peers-walk.jsonl when it is done. It ends ten
episodes after the third pass in a row, like `run --until walking`, or at the limit. What was interrupted begins anew.
"""
import argparse, json, pathlib, shutil, statistics, subprocess, sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import cells  # noqa: E402
from environment import interpreter  # noqa: E402
RESULTS = ROOT / "docs" / "results" / "peers-walk.jsonl"
KEYS = ("recipe", "seed", "build", "profile")
AFTER = 10


def report(binary, state):
    return json.loads(subprocess.run([binary, "report", state, "--json"], capture_output=True, check=True).stdout)


def run(cell, profile, binary, python, steps):
    state = ROOT / "runs" / "peers-walk" / "-".join(str(cell[k]) for k in KEYS)
    shutil.rmtree(state, ignore_errors=True)
    state.mkdir(parents=True)
    with open(state.with_suffix(".log"), "w") as log:
        walker = subprocess.Popen(
            [python, HERE / "walker.py", binary, profile, state, cell["recipe"], str(cell["seed"]), str(steps)], stdout=subprocess.PIPE,
            stderr=log, text=True)
        found = None
        for line in walker.stdout:
            # Until three passes in a row it could not have walked sooner than in 3 x 500 steps.
            if line.strip().isdigit() and int(line) >= 1500:
                found = report(binary, state)
                if found["walking"] and found["episodes_after_walking"] >= AFTER:
                    walker.terminate()
                    break
        code = walker.wait()
    found = report(binary, state)
    done = found["walking"] and found["episodes_after_walking"] >= AFTER
    if not done and code != 0:
        raise RuntimeError(f"{cell}: exit code {code}, see {state.with_suffix('.log')}")
    return cell | {
        "steps": found["walking"] and found["walking"]["steps_total"],
        "robot_seconds": found["walking"] and found["walking"]["robot_seconds"],
        "passes_after": found["passes_after_walking"], "episodes_after": found["episodes_after_walking"],
        "steps_run": found["transitions"], "mean_true_speed_m_s": found["mean_true_speed_m_s"]}


def table():
    by_recipe = {}
    for line in cells.finished(RESULTS, ("recipe", "seed", "profile")).values():
        by_recipe.setdefault(line["recipe"], []).append(line)
    print("| recipe | steps to walking, seed by seed | median | retained |\n|---|---|---|---|")
    for recipe, lines in by_recipe.items():
        lines.sort(key=lambda l: l["seed"])
        steps = [float("inf") if l["steps"] is None else l["steps"] for l in lines]
        middle = statistics.median(steps)
        words = ", ".join(f"> {l['steps_run']}" if l["steps"] is None else str(l["steps"]) for l in lines)
        print(f"| {recipe} | {words} | {'–' if middle == float('inf') else f'{middle:.0f}'} | {sum(l['passes_after'] >= 8 for l in lines)} of {len(lines)} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipes", default="sac,droq-4,crossq")
    parser.add_argument("--seeds", default="20-29", help="first-last")
    parser.add_argument("--steps", type=int, default=18_000)
    parser.add_argument("--profile", type=pathlib.Path, default=ROOT / "configs/quad8-sim.yaml")
    cells.add_options(parser, ROOT)
    options = parser.parse_args()
    if options.table:
        return table()
    python, build, profile = interpreter(), cells.digest(options.binary), cells.digest(options.profile)
    first, last = map(int, options.seeds.split("-"))
    wanted = [dict(zip(KEYS, (r, s, build, profile))) for s in range(first, last + 1) for r in options.recipes.split(",")]
    cells.run_missing(wanted, RESULTS, KEYS, lambda cell: run(cell, options.profile, options.binary, python, options.steps), options.jobs,
                      options.builds.split(","))


if __name__ == "__main__":
    main()
