"""The check engine: what becomes of a check's answer, and that nothing leaks out of a copy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from exercise_making import make

from ecs_lab.exercises.checks import check, missed
from ecs_lab.exercises.report import Report
from ecs_lab.exercises.run import run
from ecs_lab.lab import Lab, open_labs

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "from ecs_lab.exercises.checks import check, missed, passed\n"


def report_of(folder: Path, body: str, lab: Lab) -> Report:
    """The report of an exercise whose checks.py has this body."""
    return run(make(folder, checks=HEAD + body), lab)


def test_points_are_counted_check_by_check(tmp_path: Path, lab: Lab) -> None:
    """A passed check earns its points, a missed one none, and the feedback is the check's."""
    lab.client("ecs").create_cluster(clusterName="shop")
    report = run(make(tmp_path), lab)
    assert [(r.id, r.status, r.points, r.possible) for r in report.results] == [
        ("first", "passed", 1, 1),
        ("second", "missed", 0, 2),
    ]
    assert (report.points, report.possible, report.passed) == (1, 3, False)
    second = report.results[1]
    assert (second.expected, second.found, second.see) == (
        "till",
        '["shop"]',
        "https://example.com/page",
    )


def test_exercise_passes_when_every_check_does(tmp_path: Path, lab: Lab) -> None:
    """All points make a pass."""
    for name in ("shop", "till"):
        lab.client("ecs").create_cluster(clusterName=name)
    report = run(make(tmp_path), lab)
    assert report.passed
    assert report.points == report.possible == 3


DESTRUCTIVE = """
def names(lab):
    return lab.client("ecs").list_clusters()["clusterArns"]

@check("Deletes everything")
def deletes(lab):
    for arn in names(lab):
        lab.client("ecs").delete_cluster(cluster=arn)
    lab.wait(5000)
    return passed if not names(lab) else missed(expected="none", found=names(lab))

@check("Sees the learner's world")
def sees(lab):
    return passed if len(names(lab)) == 1 else missed(expected=1, found=names(lab))
"""


def test_destructive_check_touches_neither_the_next_nor_the_learner(
    tmp_path: Path, lab: Lab
) -> None:
    """Each check has a copy of its own: what one deletes the next one sees, and so does the lab."""
    lab.client("ecs").create_cluster(clusterName="shop")
    before = lab.snapshot(), lab.timeline(), lab.now
    assert report_of(tmp_path, DESTRUCTIVE, lab).passed
    assert (lab.snapshot(), lab.timeline(), lab.now) == before


def test_copies_are_closed_again(tmp_path: Path, lab: Lab) -> None:
    """Checks leave no lab open, also when they break."""
    before = open_labs()
    report_of(tmp_path, "@check('x')\ndef x(lab): raise ValueError('boom')\n", lab)
    assert open_labs() == before


QUIET = """
@check("Looking takes no time")
def looking(lab):
    start = lab.now
    lab.client("ecs").list_clusters()
    return passed if lab.now == start else missed(expected=start, found=lab.now)

@check("Waiting does")
def waiting(lab):
    start = lab.now
    lab.wait(10)
    return passed if (lab.now - start).seconds == 10 else missed(expected=10, found=lab.now)
"""


def test_calls_of_a_check_move_no_time(tmp_path: Path, lab: Lab) -> None:
    """A check looks without moving the clock, and moves it by waiting."""
    report = report_of(tmp_path, QUIET, lab)
    assert report.passed, str(report)


NEEDS = """
@check("First")
def first(lab): return missed(expected="a", found="b")

@check("Second", needs="first")
def second(lab): raise AssertionError("must not run")

@check("Third", needs="second")
def third(lab): raise AssertionError("must not run")
"""


def test_check_that_needs_a_missed_one_is_not_reached(tmp_path: Path, lab: Lab) -> None:
    """It does not run, earns nothing, and says what comes before it."""
    report = report_of(tmp_path, NEEDS, lab)
    assert [r.status for r in report.results] == ["missed", "not reached", "not reached"]
    assert report.results[1].why == "Comes after: First."


def test_error_of_aws_is_feedback_for_the_learner(tmp_path: Path, lab: Lab) -> None:
    """What AWS says to a check about a thing that is not there yet becomes a missed result."""
    body = """
@check("The service runs")
def service(lab):
    lab.client("ecs").describe_services(cluster="shop", services=["web"])
"""
    (result,) = report_of(tmp_path, body, lab).results
    assert result.status == "missed"
    assert result.found == "ClusterNotFoundException from DescribeServices: Cluster not found."


def test_waiter_that_never_comes_true_is_feedback(tmp_path: Path, lab: Lab) -> None:
    """A check may wait with boto3's waiters; what never comes about is the learner's to mend."""
    lab.client("ecs").create_cluster(clusterName="shop")
    body = """
@check("The service is steady")
def service(lab):
    ecs = lab.client("ecs")
    ecs.get_waiter("services_stable").wait(cluster="shop", services=["web"])
    return passed
"""
    (result,) = report_of(tmp_path, body, lab).results
    assert result.status == "missed"
    assert "Waiter ServicesStable failed" in result.found


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("return {}['x']", "KeyError: 'x'"),
        ("return None", "TypeError: the check returned None"),
        ("return True", "TypeError: the check returned True"),
        ("assert 1 == 2, 'no'", "AssertionError: no"),
        ("lab.client('ecs').create_cluster(nmae='x')", "ParamValidationError"),
    ],
)
def test_fault_in_a_check_is_told_as_the_courses(
    tmp_path: Path, lab: Lab, line: str, told: str
) -> None:
    """A check that fails by itself is `broken`, says at which line, and the next one runs."""
    good_one = "@check('Good')\ndef good(lab): return passed\n"
    body = f"@check('Bad')\ndef bad(lab):\n    {line}\n\n{good_one}"
    report = report_of(tmp_path, body, lab)
    bad, good = report.results
    assert (bad.status, bad.points, good.status) == ("broken", 0, "passed")
    assert told in bad.found
    assert "made-up/checks.py, line" in bad.found
    assert "not you" in report.headline
    assert report.broken == (bad,)


def test_error_that_no_learner_can_cause_is_the_courses(tmp_path: Path, lab: Lab) -> None:
    """An answer such as InternalFailure is not held against the learner."""
    body = """
from botocore.exceptions import ClientError

@check("Odd")
def odd(lab):
    raise ClientError({"Error": {"Code": "InternalFailure", "Message": "?"}}, "ListClusters")
"""
    (result,) = report_of(tmp_path, body, lab).results
    assert result.status == "broken"


def test_check_needs_a_title_and_points() -> None:
    """A check without a title, or worth nothing, is refused where it is written."""
    with pytest.raises(ValueError, match="needs a title and at least 1 point"):
        check(" ")
    with pytest.raises(ValueError, match="needs a title and at least 1 point"):
        check("Good", points=0)


def test_report_survives_json(tmp_path: Path, lab: Lab) -> None:
    """What a report says can be written as JSON and read again."""
    report = run(make(tmp_path), lab)
    data = json.loads(json.dumps(report.to_json()))
    assert Report.from_json(data) == report
    assert (data["exercise"], data["points"], data["possible"]) == ("made-up", 0, 3)


def test_text_form_has_everything(tmp_path: Path, lab: Lab) -> None:
    """The terminal's form tells status, points, expected, found, why, and the next step."""
    text = str(run(make(tmp_path), lab))
    for words in ("made-up", "missed", "0/1", "expected: shop", "found: []", "has to be created",
                  'lab.hint("made-up")'):  # fmt: skip
        assert words in text


def test_html_form_is_a_table_with_headers_and_escapes(tmp_path: Path, lab: Lab) -> None:
    """The notebook's form is an accessible table; what the learner named brings no markup in."""
    lab.client("ecs").create_cluster(clusterName="shop")
    body = """
@check("Is <b>bold</b>")
def bold(lab): return missed(expected="<script>1</script>", found="a & b")
"""
    html = report_of(tmp_path, body, lab)._repr_html_()
    assert "<caption>" in html
    assert html.count("scope='col'") == 4
    assert "scope='row'" in html
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "a &amp; b" in html


def test_missed_takes_any_value() -> None:
    """Lists and dicts are shown as JSON, text as it is."""
    assert missed(expected=[1], found={"a": None}).found == '{"a": null}'
    assert missed(expected="two", found="ü").expected == "two"
