"""Where each concept of the course is taught, practised and asked: docs/coverage.md.

python tools/coverage.py           write it
python tools/coverage.py --check   say what is wrong or out of date, and change nothing

It is made from what the notebooks, exercises and questions say of themselves. A core
concept without a section, an exercise or questions is an error.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from ecs_lab.exercises import catalog
from ecs_lab.quiz import bank
from ecs_lab.quiz.coverage import concepts, times

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "coverage.md"
HEADER = """\
# Where each concept is taught, practised and asked

Made by `tools/coverage.py` from the notebooks' metadata, the exercises and the questions; do not
edit it. A question is *proven* when the lab plays a scene that shows its answer.
"""


@dataclass
class Covered:
    """What the course has for one concept; sections are links in Markdown."""

    id: str
    topic: str
    name: str
    core: bool
    sections: list[str] = field(default_factory=list)
    exercises: list[str] = field(default_factory=list)
    questions: int = 0
    proven: int = 0

    @property
    def gaps(self) -> list[str]:
        """What a core concept lacks, in words."""
        lacks = {
            "section": not self.sections,
            "exercise": not self.exercises,
            f"{times()} questions": self.questions < times(),
        }
        return [what for what, is_so in lacks.items() if self.core and is_so]


def main(words: list[str]) -> int:
    """Write the page, or check it; the exit code is 1 where something is wrong."""
    covered = collect()
    page = as_page(covered)
    wrong = [f"{each.id} ({each.name}) has no {', no '.join(each.gaps)}"
             for each in covered if each.gaps]  # fmt: skip
    if "--check" not in words:
        PAGE.write_text(page, "utf-8")
    elif not PAGE.is_file() or PAGE.read_text("utf-8") != page:
        wrong.append(f"{PAGE.name} is out of date: run python tools/coverage.py")
    print("\n".join(wrong) or f"{len(covered)} concepts, no core one with a gap")
    return int(bool(wrong))


def collect() -> list[Covered]:
    """Every concept with what the course has for it, in study order."""
    found = {
        each.id: Covered(each.id, each.topic, each.concept, each.tier == "core")
        for each in concepts()
    }
    for concept, links in sections().items():
        found[concept].sections += links
    for exercise in catalog.load_all():
        for concept in exercise.concepts:
            found[concept].exercises.append(exercise.id)
    for question in bank.load_bank().questions:
        for concept in question.concepts:
            found[concept].questions += 1
            found[concept].proven += bool(question.proof)
    return list(found.values())


def sections() -> dict[str, list[str]]:
    """The sections that say that they teach a concept, as links from docs/."""
    taught = defaultdict(list)
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            for concept in cell["metadata"].get("ecs_lab", {}).get("concepts", []):
                heading = "".join(cell["source"]).splitlines()[0].lstrip("# ")
                anchor = heading.replace(" ", "-")
                link = f"[{path.stem[:2]} {heading}](../notebooks/{path.name}#{anchor})"
                taught[concept].append(link)
    return taught


def as_page(covered: list[Covered]) -> str:
    """The page: counts, and a table for each topic."""
    core = [each for each in covered if each.core]
    whole = sum(not each.gaps for each in core)
    lines = [HEADER]
    lines.append(
        f"**{whole} of {len(core)} core concepts** have a section, an exercise and at least "
        f"{times()} questions.\n"
    )
    for topic, group in groupby(covered, key=lambda each: each.topic):
        lines += [
            f"## {topic}\n",
            "| concept | tier | taught in | exercises | questions | proven |",
        ]
        lines += ["| --- | --- | --- | --- | --- | --- |", *map(line, group), ""]
    return "\n".join(lines).rstrip() + "\n"


def line(each: Covered) -> str:
    """A concept's row of a table in Markdown."""
    tier = "core" if each.core else "extra"
    exercises = ", ".join(f"`{name}`" for name in each.exercises) or "–"
    taught = "; ".join(each.sections) or "–"
    return (
        f"| {each.id} {each.name} | {tier} | {taught} | {exercises} | {each.questions} "
        f"| {each.proven} |"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
