#!/usr/bin/env python3
"""limbd's learner on HalfCheetah-v4, Hopper-v4, Walker2d-v4 and Ant-v4, by the protocol of the published tables.

    external.py [--jobs N] [--binary .build/release/limbd] [--configurations plain,limbd] [--seeds 5]   runs what is missing
    external.py --table                                                                                 tells what there is
    external.py --plot FILE.svg                                                                         draws it

5,000 uniform steps, then learning; the mean action is evaluated at 16,666, 33,332 and 49,998 steps, 10 episodes each. A cell is
(configuration, task, seed, bytes of the program, profile text); each has a line in docs/results/external.jsonl when it is done, and those are not run
again. What was interrupted begins anew: transitions of limbd train live in main memory. The environments are those that
requirements.txt pins, in a virtual environment below .venv/external.

References: per-seed CSVs of the CrossQ authors' runs (Bhatt et al. 2024, lr 1e-3, 256 wide, 10 seeds) as SimbaV2's repository keeps them.
"""
import argparse, json, pathlib, random, statistics, subprocess, sys, tempfile, venv

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Benchmarks"))
import cells  # noqa: E402

RESULTS = ROOT / "docs" / "results" / "external.jsonl"
KEYS = ("configuration", "task", "seed", "build", "profile")
# Task: numbers in an action, return of SAC after 1 M steps (mean of the reference's seeds).
TASKS = {"HalfCheetah-v4": (6, 11321), "Hopper-v4": (3, 2786), "Walker2d-v4": (6, 4537), "Ant-v4": (8, 5732)}
# Score (mean over the tasks of return / SAC at 1 M) of the references after 50,000 steps.
REFERENCES = {"SAC": 0.18, "DroQ": 0.37}
EVERY, EVALUATIONS, EPISODES = 16_666, 3, 10
PLAIN = """limbd: 1
learning:
  algorithm: sac
  hidden: [256, 256]
  updates_per_step: 1
  warm_up_steps: 5000
  critic: {{layer_norm: false, count: 2}}
  actor_loss: min
  target_entropy: -{actions}
  initial_temperature: 1
  discount: 0.99
  actor_learning_rate: 1e-3
  critic_learning_rate: 1e-3
  temperature_learning_rate: 1e-3
"""
DEFAULT = """limbd: 1
learning:
  algorithm: sac
  warm_up_steps: 5000
"""
CONFIGURATIONS = {"plain": PLAIN, "limbd": DEFAULT}


def python():
    """The interpreter of the pinned environments, made when it is missing."""
    home = ROOT / ".venv" / "external"
    stamp = home / ".stamp"
    wanted = (pathlib.Path(__file__).parent / "requirements.txt").read_text()
    if not stamp.exists() or stamp.read_text() != wanted:
        venv.create(home, with_pip=True, clear=True)
        subprocess.run([home / "bin" / "pip", "install", "--quiet", "-r", pathlib.Path(__file__).parent / "requirements.txt"], check=True)
        stamp.write_text(wanted)
    return home / "bin" / "python3"


def profile_text(configuration, task):
    return CONFIGURATIONS[configuration].format(actions=TASKS[task][0])


def run(cell, binary, interpreter):
    task = cell["task"]
    with tempfile.TemporaryDirectory() as folder:
        profile, lines = pathlib.Path(folder, "learner.yaml"), pathlib.Path(folder, "lines")
        profile.write_text(profile_text(cell["configuration"], task))
        served = f"exec {interpreter} {ROOT}/docs/examples/gymnasium_environment.py {task}"
        ran = subprocess.run(
            [binary, "train", profile, "--environment", served, "--steps", str(EVALUATIONS * EVERY), "--seed", str(cell["seed"]),
             "--evaluate-every", str(EVERY), "--evaluation-episodes", str(EPISODES), "--json-lines", lines],
            stderr=subprocess.PIPE, text=True)
        if ran.returncode != 0:
            # What it prints on the way is of no use here; why it ended is.
            sys.exit(f"{cell}: limbd train ended with {ran.returncode}:\n" + "\n".join(ran.stderr.splitlines()[-8:]))
        found = [json.loads(l) for l in lines.read_text().splitlines()]
    evaluations = [l["mean_return"] for l in found if l["event"] == "evaluation"]
    assert len(evaluations) == EVALUATIONS, found[-1]
    return cell | {"returns": evaluations}


def present(configuration):
    """The newest line of every task and seed whose profile is what the configuration says today."""
    newest = cells.finished(RESULTS, ("configuration", "task", "seed", "profile"))
    return [l for l in newest.values()
            if l["configuration"] == configuration and l["profile"] == cells.digest(profile_text(configuration, l["task"]))]


def interval(by_task, draws=10_000):
    """The 95 % bootstrap interval of the score: seeds drawn anew within each task."""
    source = random.Random(0)
    scores = sorted(
        statistics.fmean(statistics.fmean(source.choices(r, k=len(r))) / TASKS[t][1] for t, r in by_task.items())
        for _ in range(draws))
    return scores[round(0.025 * draws)], scores[round(0.975 * draws) - 1]


def table():
    for configuration in CONFIGURATIONS:
        mine = present(configuration)
        by_task = {t: [l["returns"][-1] for l in mine if l["task"] == t] for t in TASKS}
        print(f"{configuration}, returns after {EVALUATIONS * EVERY} steps, mean action, {EPISODES} episodes:")
        for task, returns in by_task.items():
            if returns:
                spread = statistics.stdev(returns) if len(returns) > 1 else float("nan")
                print(f"  {task}: {statistics.fmean(returns):.0f} ± {spread:.0f} over {len(returns)} seeds: "
                      + ", ".join(f"{r:.0f}" for r in returns))
        if all(by_task.values()):
            score = statistics.fmean(statistics.fmean(r) / TASKS[t][1] for t, r in by_task.items())
            low, high = interval(by_task)
            print(f"  score {score:.3f}, 95 % bootstrap interval {low:.3f} to {high:.3f}; "
                  + ", ".join(f"{name} {value}" for name, value in REFERENCES.items()))
        else:
            print("  no score yet: " + ", ".join(t for t, r in by_task.items() if not r) + " missing")


def plot(path):
    width, height, left, bottom, top = 640, 200, 50, 30, 20
    parts = []
    colours = dict(zip(CONFIGURATIONS, ["#c8553d", "#1b6ca8"]))
    panel = (width - 10) / len(TASKS)
    for column, task in enumerate(TASKS):
        curves = {c: [l["returns"] for l in present(c) if l["task"] == task] for c in CONFIGURATIONS}
        most = max([1] + [value for curve in curves.values() for returns in curve for value in returns])
        origin = left + column * panel
        x = lambda step: origin + (panel - left) * step / (EVALUATIONS * EVERY)
        y = lambda value: height - bottom - (height - bottom - top) * max(0, value) / most
        parts.append(f'<text x="{origin}" y="12">{task}</text><text x="{origin - 4}" y="{y(most) + 4:.0f}" text-anchor="end">{most:.0f}</text>'
                     f'<path d="M{x(0):.1f} {top} V{y(0):.1f} H{x(EVALUATIONS * EVERY):.1f}" fill="none" stroke="#999"/>'
                     f'<text x="{x(EVALUATIONS * EVERY):.0f}" y="{height - 12}" text-anchor="end">50k steps</text>')
        for configuration, found in curves.items():
            for returns in found:
                points = " ".join(f"{x((i + 1) * EVERY):.1f},{y(v):.1f}" for i, v in enumerate(returns))
                parts.append(f'<polyline points="{points}" fill="none" stroke="{colours[configuration]}" stroke-width="1.2"/>')
    for row, (configuration, colour) in enumerate(colours.items()):
        parts.append(f'<text x="{left + 100 * row}" y="{height - 1}" fill="{colour}">{configuration}</text>')
    pathlib.Path(path).write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="10">'
        f'<rect width="{width}" height="{height}" fill="white"/>' + "".join(parts) + "</svg>\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cells.add_options(parser, ROOT)
    parser.add_argument("--configurations", default=",".join(CONFIGURATIONS))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--plot")
    options = parser.parse_args()
    if options.table or options.plot:
        return plot(options.plot) if options.plot else table()
    build, interpreter = cells.digest(options.binary), python()
    wanted = [dict(zip(KEYS, (c, t, s, build, cells.digest(profile_text(c, t)))))
              for c in options.configurations.split(",") for s in range(options.seeds) for t in TASKS]
    cells.run_missing(wanted, RESULTS, KEYS, lambda cell: run(cell, options.binary, interpreter), options.jobs, options.builds.split(","))


if __name__ == "__main__":
    main()
