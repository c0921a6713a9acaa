"""Try every generator of questions with many seeds: the key against the engine, and the options.

python tools/generated.py 10000              all generators, seeds 0 to 9999
python tools/generated.py 10000 eni-density  this one only
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent / "tests"
sys.path[:0] = [str(TESTS / "quiz"), str(TESTS / "engine")]

from generated_keys import faults  # noqa: E402 - the tests' own keys

from ecs_lab.quiz.generators.making import GENERATORS  # noqa: E402


def main(seeds: int, names: list[str]) -> int:
    """Print how each generator went, and what is wrong; the number of faults is the exit code."""
    wrong = 0
    for name in names or sorted(GENERATORS):
        started = time.monotonic()
        maker = GENERATORS[name]
        found = [fault for seed in range(seeds) for fault in faults(name, maker.draft(seed))]
        print(f"{name:24} {seeds} seeds {len(found):4} faults {time.monotonic() - started:7.1f} s")
        print("\n".join(found[:5]), end="\n" if found else "")
        wrong += len(found)
    return min(wrong, 1)


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("seeds", type=int, help="how many seeds, from 0 on")
    asked.add_argument("names", nargs="*", metavar="generator", help=", ".join(sorted(GENERATORS)))
    given = asked.parse_args()
    if unknown := set(given.names) - set(GENERATORS):
        asked.error(f"there is no generator {', '.join(sorted(unknown))}")
    sys.exit(main(given.seeds, given.names))
