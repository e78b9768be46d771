"""Reads a limbd replay store into one numpy array: python3 read_replay.py DIR/replay"""
import json, pathlib, sys
import numpy as np

def read_segment(path):
    with open(path, "rb") as file:
        head = file.read(8192)
    header = json.loads(head[16:16 + int.from_bytes(head[8:12], "little")])
    columns, stride = header["columns"], header["record_bytes"]
    dtype = np.dtype({"names": [c["name"] for c in columns], "offsets": [c["offset"] for c in columns],
                      "formats": [c["dtype"] if c["count"] == 1 else (c["dtype"], c["count"]) for c in columns],
                      "itemsize": stride})
    count = (path.stat().st_size - header["header_bytes"]) // stride
    records = np.memmap(path, dtype, "r", header["header_bytes"], (count,))
    return records[records["length"] == stride]  # space that was never written is zero

if __name__ == "__main__":
    paths = sorted(pathlib.Path(sys.argv[1]).glob("segment-*.limb"))
    records = np.concatenate([read_segment(path) for path in paths])
    steps = records[records["kind"] == 1]
    print(json.dumps({
        "records": len(records), "steps": len(steps), "episodes": len(np.unique(records["episode"])),
        "first_sequence": int(records["sequence"][0]), "last_sequence": int(records["sequence"][-1]),
        "mean_forward_velocity_m_s": float(records["base_velocity_m_s"][:, 0].astype(float).mean()),
        "mean_action": np.tanh(steps["pre_squash"].astype(float)).mean(axis=0).tolist(),
        "observation_sum": float(records["observation"].astype(float).sum())}))
