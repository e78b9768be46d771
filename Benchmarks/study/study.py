#!/usr/bin/env python3
"""A study of walking: variants of one profile, seed by seed, in lockstep, judged from the simulator's truth.

    study.py STUDY.toml [--jobs N] [--binary .build/release/limbd]     runs what is missing, one line a cell
    study.py STUDY.toml --table                                        prints what there is as a table
    study.py STUDY.toml --check [--binary …]                           asks limbd whether it understands every variant's profile

A cell is (variant, seed, bytes of the program, profile text). Cells that have a line in docs/results/STUDY.jsonl are not run again, a cell
that was interrupted goes on where it stopped (runs/study-cells/), so that the queue may be killed at any time.
"""
import argparse, json, pathlib, re, statistics, subprocess, sys, tempfile, tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Benchmarks"))
import cells  # noqa: E402

KEYS = ("variant", "seed", "build", "profile")


def profile_text(study, variant):
    """The profile of a variant: the base with exact replacements, each of which must be possible exactly once."""
    text = (ROOT / study["profile"]).read_text()
    for old, new in variant.get("replace", []):
        if text.count(old) != 1:
            sys.exit(f"{variant['name']}: {old!r} stands {text.count(old)} times in {study['profile']}, expected once")
        text = text.replace(old, new)
    return text


def run(cell, text, study, binary):
    """One cell to its end; gives its line."""
    directory = ROOT / "runs" / "study-cells" / "-".join(str(cell[k]) for k in KEYS)
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "profile.yaml").write_text(text)
    models = directory / "models"
    if not models.exists():
        models.symlink_to(ROOT / "configs" / "models")
    state = directory / "state"
    have = steps_in(binary, state)
    left = study["steps"] - have
    if left > 0:
        with open(directory / "log", "a") as log:
            subprocess.run(
                [binary, "run", directory / "profile.yaml", "--lockstep", "--arm", "--seed", str(cell["seed"]), "--steps",
                 str(left), "--until", "walking", "--state", state], stdout=log, stderr=log, check=True)
    report = json.loads(subprocess.run([binary, "report", state, "--json"], capture_output=True, check=True).stdout)
    walking = report["walking"]
    line = dict(cell)
    line["steps"] = walking and walking["steps_total"]
    line["robot_seconds"] = walking and walking["robot_seconds"]
    line["passes_after"] = report["passes_after_walking"]
    line["episodes_after"] = report["episodes_after_walking"]
    line["steps_run"] = report["transitions"]
    text = subprocess.run([binary, "report", state], capture_output=True, check=True, text=True).stdout
    line["falls"] = len(re.findall(r"^episode .*, ended by fall$", text, re.MULTILINE))
    line["mean_true_speed_m_s"] = report["mean_true_speed_m_s"]
    line["true_speed_by_1000_steps_m_s"] = speeds(text)
    return line


def speeds(text):
    """True speed over the episodes whose middle lies in each thousand steps, from the lines of `limbd report`."""
    sums, done = {}, 0
    for length, metres in re.findall(r"^episode \d+: (\d+) steps, (-?[\d.]+) m true", text, re.MULTILINE):
        bucket = sums.setdefault((done + int(length) // 2) // 1000, [0, 0.0])
        bucket[0] += int(length)
        bucket[1] += float(metres)
        done += int(length)
    return [round(sums[k][1] / (sums[k][0] * 0.05), 3) if k in sums else None for k in range(max(sums, default=-1) + 1)]


def steps_in(binary, state):
    if not state.exists():
        return 0
    found = subprocess.run([binary, "inspect", state, "--json"], capture_output=True)
    return json.loads(found.stdout)["transitions"] if found.returncode == 0 else 0


def table(study, results):
    """A row a variant: steps of each seed (a dash: not within the limit), the median, how many were retained (8 of 10)."""
    lines = cells.finished(results, KEYS).values()
    print("| variant | " + " | ".join(f"seed {s}" for s in study["seeds"]) + " | median | retained | m/s in the last 2,000 steps |")
    print("|" + "---|" * (len(study["seeds"]) + 4))
    for variant in study["variant"]:
        digest = cells.digest(profile_text(study, variant))
        mine = {l["seed"]: l for l in lines if l["variant"] == variant["name"] and l["profile"] == digest}
        shown = [mine.get(s) for s in study["seeds"]]
        steps = [l["steps"] if l["steps"] is not None else float("inf") for l in shown if l]
        middle = statistics.median(steps) if steps else None
        kept = sum(l["passes_after"] >= 8 for l in shown if l)
        words = [" " if l is None else f"> {l['steps_run']}" if l["steps"] is None
                 else f"{l['steps']} ({l['passes_after']}/{l['episodes_after']})" for l in shown]
        end = "" if middle is None else "–" if middle == float("inf") else f"{middle:.0f}"
        last = [s for l in shown if l for s in l.get("true_speed_by_1000_steps_m_s", [])[study["steps"] // 1000 - 2:][:2] if s is not None]
        speed = f"{statistics.fmean(last):.2f}" if last else ""
        print(f"| {variant['name']} | " + " | ".join(words) + f" | {end} | {kept} of {sum(l is not None for l in shown)} | {speed} |")


def check(study, binary):
    """Ends with a word of what is wrong where a variant's profile cannot be made or limbd does not understand it."""
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "models").symlink_to(ROOT / "configs" / "models")
        for variant in study["variant"]:
            profile = pathlib.Path(folder, "profile.yaml")
            profile.write_text(profile_text(study, variant))
            found = subprocess.run([binary, "check", profile, "--quiet"], capture_output=True, text=True)
            if found.returncode != 0:
                sys.exit(f"{variant['name']}: {found.stdout}{found.stderr}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study", type=pathlib.Path)
    cells.add_options(parser, ROOT)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    study = tomllib.loads(options.study.read_text())
    if options.check:
        return check(study, options.binary)
    results = ROOT / "docs" / "results" / (options.study.stem + ".jsonl")
    if options.table:
        return table(study, results)
    build, texts = cells.digest(options.binary), {v["name"]: profile_text(study, v) for v in study["variant"]}
    wanted = [dict(zip(KEYS, (name, seed, build, cells.digest(text)))) for seed in study["seeds"] for name, text in texts.items()]
    cells.run_missing(wanted, results, KEYS, lambda cell: run(cell, texts[cell["variant"]], study, options.binary), options.jobs,
                      options.builds.split(","))


if __name__ == "__main__":
    main()
