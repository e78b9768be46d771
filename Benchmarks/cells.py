"""A queue on disk: cells with a key each, one JSON line in a results file for each that is done.

A cell's key says all that its result hangs on: what is asked, the seed, the bytes of the program. Cells that have a line are not run again,
so that a queue may be killed at any time and started anew with the same command.
"""
import concurrent.futures, fcntl, hashlib, json, pathlib


def digest(data):
    """Twelve hexadecimal digits for bytes, a text or the contents of a file."""
    if isinstance(data, pathlib.Path):
        data = data.read_bytes()
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()[:12]


def lines_of(results):
    return [json.loads(line) for line in results.read_text().splitlines()] if results.exists() else []


def finished(results, keys):
    """The newest line of every cell, by its key."""
    return {tuple(line[k] for k in keys): line for line in lines_of(results)}


def append(results, line):
    """One line, whole even where several queues write."""
    with open(results, "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(json.dumps(line) + "\n")


def run_missing(cells, results, keys, run, jobs, builds=()):
    """Runs `run(cell)` for every cell (a dictionary) that has no line, `jobs` at a time, in their order; a line each as they finish.

    `builds`: digests of other programs whose lines count as this one's, because nothing that matters to the cells lies between them. A cell
    that fails does not keep the others from running; the first failure is raised in the end.
    """
    done = finished(results, keys)
    have = {tuple("" if k == "build" and cell[i] in builds else cell[i] for i, k in enumerate(keys)) for cell in done}
    missing = [c for c in cells if not {tuple(c[k] for k in keys), tuple("" if k == "build" else c[k] for k in keys)} & have]
    print(f"{len(missing)} of {len(cells)} cells to run", flush=True)
    failures = []
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        futures = [pool.submit(run, cell) for cell in missing]
        for future in concurrent.futures.as_completed(futures):
            if future.exception():
                failures.append(future.exception())
                print(f"failed: {failures[-1]}", flush=True)
            else:
                append(results, future.result())
                print(json.dumps(future.result()), flush=True)
    if failures:
        raise failures[0]


def add_options(parser, root):
    """What every queue understands."""
    parser.add_argument("--jobs", type=int, default=1, help="cells at a time")
    parser.add_argument("--binary", type=pathlib.Path, default=root / ".build/release/limbd")
    parser.add_argument("--builds", default="", help="digests of programs, separated by commas, whose cells count as this one's")
    parser.add_argument("--table", action="store_true", help="print what there is as a table, and run nothing")
