"""Everything about a GPU in one call, under 8 minutes: `python -m benchmarks.gpu --out benchmarks/results/NAME.json`.

Builds the kernels, holds them against the plain cells in float64, times them beside torch.nn (cuDNN) and a loop of
torch operations, and measures one GRU model by everything that can compute it ("250 times faster"). Every section
runs in a process of its own with a time limit: a kernel that does not compile, or a barrier that hangs, is written
down as such, and the others go on. Where time runs out, the sections at the end of the list are left out, and named:
`--only 250 persistent` in a second call does those whose names begin so.

`--dry-run` does all of it at tiny sizes on the CPU, kernels in Triton's interpreter (without Triton on the plain path).
"""

import argparse
import datetime
import importlib.metadata
import importlib.util
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SMALL, LARGE = (512, 64, 256), (1024, 128, 512)  # H, N, T
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
PRECISIONS = "bf16", "tf32", "fp32"


class Budget:
    """The seconds that are left."""

    def __init__(self, seconds):
        self.end = time.monotonic() + seconds

    def left(self):
        return self.end - time.monotonic()


def plan():
    """The sections in order of importance: name, seconds that one may take at most."""
    cells = [(f"cell {cell} {size}", 60) for size in ("small", "large") for cell in ("layer-norm lstm", "lstm", "gru")]
    checks = [(f"check {cell}", 60) for cell in ("lstm", "layer-norm lstm", "gru")]
    table = [(f"250 {name}", 40) for name in ("cudnn", "ours", "loop", "numpy ours", "torch one core")]
    table += [(f"250 {name}", 40) for name in ("torch all cores", "numpy textbook")]
    held = [(f"persistent {cell}", 60) for cell in ("lstm", "gru", "tanh")]
    rest = [("cudnn fp16", 30), ("check tanh", 60), ("cell tanh small", 30)]
    return [*checks, *cells, *table, *held, *rest]


def sizes(dry):
    """Of the cells, by name, of the model, and its batches."""
    if dry:
        return {"small": (5, 3, 2), "large": (6, 4, 3)}, {"T": 3, "V": 7, "D": 4, "H": 5}, (1, 2)
    return {"small": SMALL, "large": LARGE}, {"T": 100, "V": 10_000, "D": 256, "H": 512}, (1, 8, 64, 512)


def section(name, dry, budget):
    """What a section finds, as something that JSON can hold."""
    import torch

    from . import gpu_250, gpu_cells

    device = torch.device("cpu" if dry or not torch.cuda.is_available() else "cuda")
    cells, model, batches = sizes(dry)
    if dry:
        gpu_cells.LEAST, gpu_cells.MOST = 1, 1
    group, _, rest = name.partition(" ")
    if group == "check":
        odd = (7, 5, 3) if dry else (200, 30, 17)
        rows = gpu_cells.check(rest, cells["small"], device)
        rows += gpu_cells.check(rest, odd, device, precisions=("fp32",))  # each kernel more takes time to compile
        return rows + gpu_cells.check(rest, cells["small"], device, "early", ("bf16",))
    if group == "cell":
        kind, _, size = rest.rpartition(" ")
        return [gpu_cells.compare(kind, cells[size], p, device, ("steps", "early"), budget) for p in PRECISIONS]
    if group == "persistent":
        rows = gpu_cells.check(rest, cells["small"], device, "persistent")
        two = ("steps", "persistent")
        return rows + [
            gpu_cells.compare(rest, cells[size], p, device, two, budget) for size in cells for p in PRECISIONS
        ]
    if group == "cudnn":  # its own persistent kernel serves fp16 alone
        return [
            gpu_cells.compare(kind, cells["small"], "fp16", device, budget=budget) for kind in ("lstm", "gru", "tanh")
        ]
    if rest in ("cudnn", "ours", "loop"):
        return gpu_250.on_gpu(rest, model, batches, device, budget)
    if rest in ("numpy ours", "numpy textbook", "torch one core", "torch all cores"):
        return gpu_250.on_cpu(rest, model, batches, budget)
    raise ValueError(f"section: expected one of {', '.join(name for name, _ in plan())}, got {name}")


def machine():
    """Where it ran, with what, and when."""
    import numpy
    import torch

    found = {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
    }
    found |= {"torch": torch.__version__, "numpy": numpy.__version__, "system": platform.platform()}
    found |= {"processor": platform.processor() or platform.machine(), "cores": os.cpu_count()}
    found["triton"] = importlib.metadata.version("triton") if importlib.util.find_spec("triton") else None
    if torch.cuda.is_available():
        p = torch.cuda.get_device_properties(0)
        names = "name", "major", "minor", "multi_processor_count", "total_memory", "clock_rate", "memory_clock_rate"
        found["gpu"] = {name: getattr(p, name, None) for name in (*names, "memory_bus_width", "L2_cache_size")}
        found |= {"cuda": torch.version.cuda, "cudnn": torch.backends.cudnn.version()}
    return found


def run(name, seconds, dry):
    """A section in a process of its own. Returns: what it found, or how it failed; and the seconds that it took."""
    env = dict(os.environ)
    if name.startswith("250 numpy") or name == "250 torch one core":
        env |= ONE_THREAD
    if dry and importlib.util.find_spec("triton"):
        env["TRITON_INTERPRET"] = "1"
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "found.json")
        command = [sys.executable, "-m", "benchmarks.gpu", "--section", name, "--out", out, "--seconds", str(seconds)]
        command += ["--dry-run"] if dry else []
        try:
            done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=seconds + 15)
            found = json.loads(out.read_text()) if done.returncode == 0 else {"failed": done.stderr[-3000:]}
        except subprocess.TimeoutExpired:
            found = {"failed": f"no answer after {seconds + 15:.0f} s"}
    return {"found": found, "seconds": round(time.monotonic() - began, 1)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=460)
    parser.add_argument("--only", nargs="+", help="sections whose names begin so")
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("--section", help=argparse.SUPPRESS)
    options = parser.parse_args()
    budget, dry = Budget(options.seconds), options.dry_run
    if options.section:
        options.out.write_text(json.dumps(section(options.section, dry, budget)))
        return
    result = {"dry_run": dry, **machine(), "sections": {}, "left_out": []}
    options.out.parent.mkdir(parents=True, exist_ok=True)
    for name, most in plan():
        if options.only and not name.startswith(tuple(options.only)):
            continue
        if budget.left() < 20:
            result["left_out"].append(name)
            continue
        result["sections"][name] = run(name, min(most, budget.left() - 15), dry)
        result["seconds"] = round(options.seconds - budget.left(), 1)
        options.out.write_text(json.dumps(result, indent=1) + "\n")  # what is known so far is never lost
        print(f"{name:30} {result['sections'][name]['seconds']:6.1f} s", flush=True)
    options.out.write_text(json.dumps(result, indent=1) + "\n")
    print("left out:", ", ".join(result["left_out"]) or "nothing")


if __name__ == "__main__":
    main()
