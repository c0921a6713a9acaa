"""A mock exam as a page to print or keep: one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING

from ecs_lab.exam import blueprints
from ecs_lab.exam.scoring import ESTIMATE, HIGHEST, LOWEST
from ecs_lab.exam.text import scores_of, verdict_line
from ecs_lab.quiz.text import LETTERS, standing

if TYPE_CHECKING:
    from ecs_lab.exam.scoring import Result
    from ecs_lab.exam.sitting import Sitting
    from ecs_lab.progress import Sitting as Record

STYLE = """
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; color: #1b1b1b; background: #fff; }
h1, h2, h3 { line-height: 1.25; }
table { border-collapse: collapse; }
th, td { padding: .3rem .8rem .3rem 0; text-align: left; border-bottom: 1px solid #bbb; }
article { margin: 1.5rem 0; padding-top: 1rem; border-top: 1px solid #bbb; break-inside: avoid; }
ol { list-style: upper-alpha; }
li { margin: .4rem 0; }
.why { display: block; color: #444; }
.small { font-size: .9rem; color: #444; overflow-wrap: anywhere; }
svg { max-width: 100%; height: auto; }
@media (prefers-color-scheme: dark) { @media screen {
  body { color: #eee; background: #1b1b1b; } .why, .small { color: #bbb; } a { color: #8ab4f8; }
} }
@media print { body { margin: 0; max-width: none; } }
"""  # noqa: E501 - one rule a line


def document(sitting: Sitting, records: Sequence[Record] = ()) -> str:
    """The page of an exam that is over; `records` are all exams of the learner, for the trend."""
    result = sitting.result
    title = escape(f"Mock exam {sitting.record.title}")
    parts = [
        f"<h1>{title}</h1>",
        _when(sitting),
        f"<p><strong>{escape(verdict_line(result))}</strong></p>",
        _scale(result),
        f'<p class="small">{escape(ESTIMATE)} {escape(blueprints.ECS_ONLY)}</p>',
        _sections(result),
        _trend(sitting, records),
        "<h2>The questions</h2>",
        *(_question(sitting, index) for index in range(len(sitting.items))),
    ]
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>\n'
        f"<body><main>\n{chr(10).join(filter(None, parts))}\n</main></body></html>\n"
    )


def _when(sitting: Sitting) -> str:
    begun, ended = (
        datetime.fromisoformat(at).astimezone()
        for at in (sitting.record.begun, sitting.record.ended)
    )
    how = "time was over" if sitting.by_time else "handed in"
    return f"<p>Begun {begun:%Y-%m-%d %H:%M}, {how} {ended:%H:%M}.</p>"


def _scale(result: Result) -> str:
    """The score on a line from 100 to 1000, with the mark that has to be reached."""

    def at(score: int) -> float:
        return 20 + (score - LOWEST) / (HIGHEST - LOWEST) * 560

    low, high = (
        at(min(HIGHEST, max(LOWEST, result.scaled + by))) for by in (-result.margin, result.margin)
    )
    said = escape(f"Estimated score {result.scaled}, pass {result.pass_score}, of 100 to 1000")
    return (
        f'<svg viewBox="0 0 600 70" width="600" height="70" role="img" aria-label="{said}" '
        'fill="currentColor" stroke="currentColor" font-size="14">'
        '<line x1="20" x2="580" y1="35" y2="35"/>'
        f'<line x1="{low:.0f}" x2="{high:.0f}" y1="35" y2="35" stroke-width="8" opacity=".35"/>'
        f'<circle cx="{at(result.scaled):.0f}" cy="35" r="7"/>'
        f'<line x1="{at(result.pass_score):.0f}" x2="{at(result.pass_score):.0f}" y1="22" y2="48"/>'
        '<g stroke="none" text-anchor="middle">'
        f'<text x="{at(result.pass_score):.0f}" y="64">pass {result.pass_score}</text>'
        f'<text x="{at(result.scaled):.0f}" y="16">{result.scaled}</text></g></svg>'
    )


def _sections(result: Result) -> str:
    rows = [(s.name, f"{s.right} of {s.total}") for s in result.sections]
    return "<h2>Sections</h2>" + _table(("Section", "Right"), rows)


def _trend(sitting: Sitting, records: Sequence[Record]) -> str:
    scores = scores_of(records, sitting.record.exam)
    if len(scores) < 2:
        return ""
    rows = [(str(number), str(score)) for number, score in enumerate(scores, 1)]
    title = f"<h2>All timed exams like {escape(sitting.record.exam)}</h2>"
    return title + _table(("Exam", "Estimated score"), rows)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    top = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _question(sitting: Sitting, index: int) -> str:
    verdict, question = sitting.verdict(index), sitting.items[index].question
    word = "right" if verdict.correct else "wrong" if verdict.chosen else "blank"
    word += "" if sitting.counts(index) else ", did not count"
    options = "".join(
        f"<li>{escape(option.text)} <strong>({escape(standing(verdict, place))})</strong>"
        f'<span class="why">{escape(option.why)}</span></li>'
        for place, option in enumerate(verdict.item.options)
    )
    links = " ".join(f'<a href="{escape(s)}">{escape(s)}</a>' for s in question.sources)
    today = f'<p class="small">{escape(question.exam_today)}</p>' if question.exam_today else ""
    right = ", ".join(LETTERS[place] for place in verdict.right)
    return (
        f"<article><h3>Question {index + 1}: {word}</h3>"
        f"<p>{escape(f'{question.stem} {question.instruction}'.strip())}</p><ol>{options}</ol>"
        f"<p>Right: {right}.</p>{today}"
        f'<p class="small">Source (read {question.as_of}): {links}<br>'
        f"Read again: {escape(question.lesson)}</p></article>"
    )
