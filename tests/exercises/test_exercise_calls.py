"""What lab.exercise, lab.check, lab.hint and lab.solution do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecs_lab import exercises
from ecs_lab.exercises import catalog, progress, texts

if TYPE_CHECKING:
    from ecs_lab import Lab

ID = "start-first-cluster"
HINTS = catalog.load(ID).hints


def build(lab: Lab, *, insights: str = "enabled") -> None:
    """The right answer to the exercise, or nearly."""
    lab.client("ecs").create_cluster(
        clusterName="shop",
        settings=[{"name": "containerInsights", "value": insights}],
        tags=[{"key": "team", "value": "web"}],
    )


def test_statement_says_all_that_is_needed() -> None:
    """Task, what it starts from, what is checked, points and the next call."""
    text = str(exercises.ask(ID))
    exercise = catalog.load(ID)
    for words in (exercise.title, "You start from", f'lab.check("{ID}")', "00-start-here.ipynb"):
        assert words in text
    for check in exercise.checks:
        assert check.title in text


def test_statement_is_html_in_a_notebook() -> None:
    """Markdown becomes HTML; raw HTML in a text would be shown, not obeyed."""
    html = exercises.ask("fargate-right-size")._repr_html_()
    assert "<h3>" in html
    assert '<pre><code class="language-python">' in html


@pytest.mark.parametrize("exercise_id", catalog.ids())
def test_code_at_the_end_of_a_text_swallows_nothing(exercise_id: str) -> None:
    """What comes after what an exercise starts from is prose again: checks, next call, lesson."""
    html = exercises.ask(exercise_id)._repr_html_()
    assert "<strong>What is checked</strong>" in html
    assert f"<code>lab.check(&quot;{exercise_id}&quot;)</code>" in html
    begun = texts.begun(catalog.load(exercise_id))._repr_html_()
    assert f"<code>lab.check(&quot;{exercise_id}&quot;)</code>" in begun


def test_check_goes_through_the_lab(lab: Lab) -> None:
    """lab.check gives the report and records the attempt."""
    build(lab)
    report = lab.check(ID)
    assert report.passed
    assert progress.of(ID).passed


def test_checking_takes_no_time(lab: Lab) -> None:
    """The learner's clock stands still while the checks wait in their copies."""
    build(lab)
    before = lab.now
    lab.check(ID)
    assert lab.now == before


def test_hints_open_one_by_one_and_are_recorded() -> None:
    """Each call gives the next hint; the last says what else there is; then all can be read."""
    given = [exercises.hint(ID) for _ in HINTS]
    assert [hint.number for hint in given] == [1, 2, 3]
    assert all(hint.strip() in str(text) for hint, text in zip(HINTS, given, strict=True))
    assert progress.of(ID).hints == 3
    assert "give_up=True" in str(given[-1])
    assert all(hint.strip().splitlines()[0] in str(exercises.hint(ID)) for hint in HINTS)


def test_hint_can_be_read_again_without_opening_another() -> None:
    """So a notebook run again from the top does not use up the hints."""
    exercises.hint(ID, 1)
    exercises.hint(ID, 1)
    assert progress.of(ID).hints == 1


@pytest.mark.parametrize(
    ("number", "told"),
    [(2, "opens after hint 1"), (0, "There is no hint 0"), (9, "There is no hint 9")],
)
def test_hint_out_of_turn_is_refused_in_words(number: int, told: str) -> None:
    """A hint that is not open yet, or not there, is a sentence and costs nothing."""
    assert told in str(exercises.hint(ID, number))
    assert progress.of(ID).hints == 0


def test_after_passing_everything_can_be_read_and_nothing_is_recorded(lab: Lab) -> None:
    """Hints read after success do not count as used, and the solution is open."""
    build(lab)
    lab.check(ID)
    assert all(hint.strip().splitlines()[0] in str(exercises.hint(ID)) for hint in HINTS)
    assert exercises.hint(ID, 2).number == 2
    assert progress.of(ID).hints == 0
    solution = exercises.solution(ID)
    assert solution.open
    assert not progress.of(ID).gave_up


def test_solution_before_passing_says_what_is_left(lab: Lab) -> None:
    """Points so far, hints used, and how to give up; no line of the solution."""
    build(lab, insights="disabled")
    lab.check(ID)
    exercises.hint(ID)
    closed = exercises.solution(ID)
    assert not closed.open
    assert closed.code == ""
    for words in ("3 of 4", "1 of 3", "give_up=True"):
        assert words in str(closed)


def test_giving_up_opens_the_solution_for_good_and_is_recorded() -> None:
    """The worked solution comes with its reason, the usual mistake, the hints and the pages."""
    solution = exercises.solution(ID, give_up=True)
    exercise = catalog.load(ID)
    assert solution.code == exercise.code("solution")
    for words in (exercise.solution_reason.split(",")[0], exercise.sources[0], exercise.as_of):
        assert words in str(solution)
    assert exercises.solution(ID).open
    assert progress.of(ID).gave_up


def test_unknown_id_suggests_the_nearest(lab: Lab) -> None:
    """Whichever of the four is called."""
    for call in (exercises.ask, exercises.hint, exercises.solution):
        with pytest.raises(catalog.UnknownExerciseError, match=f"Did you mean '{ID}'"):
            call("start-frist-cluster")
    with pytest.raises(catalog.UnknownExerciseError, match=f"Did you mean '{ID}'"):
        lab.check("start-frist-cluster")
