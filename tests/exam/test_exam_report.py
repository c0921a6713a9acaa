"""An exam as a page: all that is in it, nothing that it needs from elsewhere."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from questions import bank, question

from ecs_lab.exam import sitting as exams
from ecs_lab.exam.blueprints import find
from ecs_lab.exam.paper import Mode, Wish, draw
from ecs_lab.exam.report import document
from ecs_lab.exam.sitting import Sitting, begin
from ecs_lab.exam.text import history_text
from ecs_lab.progress import Store

SHARP = question(2, stem="Is <b>1 & 2</b> what it looks like?", exam_today="Both <today>.")
PAPER = draw(find("SPRINT"), bank(question(0), question(1, right=(1, 3)), SHARP), Wish(Mode.TIMED))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A learner's file."""
    return Store(tmp_path / "progress.sqlite3")


def sat(store: Store, right: int) -> Sitting:
    """An exam with so many right answers, handed in."""
    now = begin(PAPER, store)
    for index in range(right):
        now.answer(index, now.items[index].right)
    now.finish()
    return now


def test_page_has_every_reason_and_needs_nothing_else(store: Store) -> None:
    """Each option with what it was and why; text is text; no script, style sheet or image."""
    page = document(sat(store, 1), exams.records(store))
    assert page.count("<article>") == 3
    for item in PAPER.questions:
        assert all(option.why in page for option in item.options)
    assert "&lt;b&gt;1 &amp; 2&lt;/b&gt;" in page
    assert "Both &lt;today&gt;." in page
    assert not re.findall(r"<(?:script|link|img|iframe)|@import|url\(", page)
    assert re.search(r"Question \d: right</h3>", page)
    assert len(re.findall(r"Question \d: blank</h3>", page)) == 2


def test_page_is_well_formed(store: Store) -> None:
    """Every element that is opened is closed, in its order."""
    opened: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, _attributes: object) -> None:
            if tag not in {"meta", "br", "line", "circle"}:
                opened.append(tag)

        def handle_endtag(self, tag: str) -> None:
            if tag not in {"line", "circle"}:
                assert opened.pop() == tag

    Reader().feed(document(sat(store, 2), exams.records(store)))
    assert opened == []


def test_trend_is_told_from_the_second_exam_on(store: Store) -> None:
    """Scores of timed exams of the same code, in their order, in the page and in the history."""
    first = sat(store, 1)
    assert "All timed exams like SPRINT" not in document(first, exams.records(store))
    second = sat(store, 3)
    store.add(replace(second.record, id="review", plan={**second.record.plan, "mode": "review"}))
    records = exams.records(store)
    page = document(second, records)
    trend = page[page.index("All timed exams like SPRINT") : page.index("The questions")]
    assert re.findall(r"<td>(\d+)</td>", trend) == ["1", "400", "2", "1000"]
    assert "SPRINT: ▃█  400 1000" in history_text(records)
