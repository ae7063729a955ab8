"""How long a check takes to answer: `python benchmarks/checks.py`.

For each exercise, the median of five runs on the reference, and the slowest of its known mistakes (which are then all
replayed to find the name). In CPU seconds of this machine, and as a multiple of the limit: 0.3 s, 2 s where it trains.
"""

import statistics
import time

from autograder.checks import registry
from autograder.local import grade_locally
from autograder.spec import Exercise


def cpu_seconds(exercise: Exercise, namespace: dict, runs: int) -> float:
    """Median CPU seconds of a check."""
    times = []
    for _ in range(runs):
        start = time.process_time()
        grade_locally(exercise, dict(namespace))
        times.append(time.process_time() - start)
    return statistics.median(times)


def main() -> None:
    print(f"{'exercise':34} {'right s':>8} {'wrong s':>8} {'of limit':>9}")
    for exercise in registry():
        if not isinstance(exercise, Exercise):
            continue
        right = {**exercise.functions, **exercise.values, **exercise.lends}
        limit = 0.3 if all(check.replay for check in exercise.checks) else 2.0
        fast = cpu_seconds(exercise, right, 5)
        slow = max((cpu_seconds(exercise, {**right, **m.replaces}, 1) for m in exercise.mistakes), default=0.0)
        print(f"{exercise.id:34} {fast:8.3f} {slow:8.3f} {max(fast, slow) / limit:9.2f}")


if __name__ == "__main__":
    main()
