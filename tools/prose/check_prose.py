"""Reads the prose of the course as an editor would: notebooks, questions, exercises, documents.

python tools/prose/check_prose.py             all of it
python tools/prose/check_prose.py notebooks   what stands in files whose path begins like this

Each finding is a line with the place and what to do. Words of the trade go into words.txt, AWS's
names into names.csv; what is meant as it stands is an exception in rules.toml, with its reason.
"""

from __future__ import annotations

import importlib.util
import sys

NOT_HERE = 77
"""tools/checks.py: this machine lacks something."""


def main(words: list[str]) -> int:
    """Print what is found; 1 where there is something."""
    if not importlib.util.find_spec("proselint"):
        print("There is no proselint for this machine (google-re2 has no wheel for it).")
        return NOT_HERE
    import passages
    import rules

    read = [each for each in passages.all_passages()
            if not words or each.where.startswith(tuple(words))]  # fmt: skip
    left, idle = rules.judge(read)
    found = [str(each) for each in left]
    if not words:
        found += [f"rules.toml: nothing needs the exception {name} any more" for name in idle]
    print("\n".join(found) or f"{len(read)} passages, nothing to mend")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
