"""Make lesson 19's table from a run on a GPU, of which the file says what it ran on:

    python -m benchmarks.gpu --out benchmarks/results/NAME.json      # on the machine with the GPU
    python solutions/19_gpu/sweeps/gpu_claim.py benchmarks/results/NAME.json

A row for each program, precision and batch, as the lesson's `speed_ups` reads them: a run of 100 steps, reckoned from its
first step, the median of usual ones, and the moving of a batch.
"""

import argparse
import json
from pathlib import Path

from rnn_core.data import recorded

STEPS = 100
ON_PROCESSOR = {
    "numpy textbook": "textbook numpy",
    "numpy ours": "our numpy",
    "torch one core": "torch, one thread",
    "torch all cores": "torch, all threads",
}
ON_GPU = {"loop": "GPU, loop of steps", "cudnn": "GPU, torch.nn", "ours": "GPU, fused"}


def rows_of(result):
    """The rows of all that was measured; what failed or was left out has none.

    result: what `benchmarks.gpu` writes. Returns: a list of dicts.
    Raises: ValueError for a dry run, or for one without a GPU.
    """
    if result["dry_run"] or "gpu" not in result:
        raise ValueError("expected a run on a GPU, got a dry run or one without a GPU")
    rows = []
    for section, found in result["sections"].items():
        group, _, name = section.partition(" ")
        found = found["found"]
        if group != "250" or "failed" in found:
            continue
        if name in ON_PROCESSOR:
            rows += [
                row_of(ON_PROCESSOR[name], result["processor"], "fp32", one) for one in found
            ]
        elif name in ON_GPU:
            for precision, measured in found.items():
                backend = f"{ON_GPU[name]}, {precision}"
                rows += [
                    row_of(backend, result["gpu"]["name"], precision, one) for one in measured
                ]
    return [row for row in rows if row]


def row_of(backend, device, precision, measured):
    """One row; None where the measurement failed."""
    if "failed" in measured:
        return None
    usual, moving = measured["ms"] / 1000, measured.get("transfer_ms", 0.0) / 1000
    once = max(0.0, measured.get("first_ms", measured["ms"]) / 1000 - usual)
    tokens = measured["ms"] * 1000 / measured["us_a_token"]
    return {
        **{"backend": backend, "device": device, "precision": precision},
        **{"batch": measured["N"], "calls": measured["calls"], "loss": measured["loss"]},
        "seconds": once + STEPS * (usual + moving),
        "tokens": STEPS * round(tokens),
        "compile": once,
        "transfer": STEPS * moving,
    }


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("result", type=Path)
    path = parser.parse_args().result
    result = json.loads(path.read_text(encoding="utf-8"))
    rows = rows_of(result)
    about = {"date": result["date"][:10], "numpy": result["numpy"]}
    about["machine"] = (
        f"{result['gpu']['name']}; {result['processor']}, {result['cores']} cores"
    )
    about["machine"] += f"; torch {result['torch']}, CUDA {result['cuda']}"
    seconds = sum(section["seconds"] for section in result["sections"].values())
    command = f"python -m benchmarks.gpu --out {path.as_posix()}"
    print(recorded.save("gpu_claim", rows, command, seconds, **about))


if __name__ == "__main__":
    main()
