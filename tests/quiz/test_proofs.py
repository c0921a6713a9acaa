"""Proofs: how they are found and run, what they say, and what is wrong with them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from questions import bank, question

from ecs_lab.coursefile import CourseFileError
from ecs_lab.quiz import lint_proofs, proving
from ecs_lab.quiz.bank import load_bank

if TYPE_CHECKING:
    from pathlib import Path

    from ecs_lab.quiz.model import Question

HEAD = """\
from ecs_lab.quiz import scene
from ecs_lab.quiz.proofs import proof

@proof
def clusters(lab, option):
    '''Create a cluster and count.'''
    scene.cluster(lab)
    found = len(lab.client("ecs").list_clusters()["clusterArns"])
"""
GOOD = """\
    option("Option a").holds_if(found == 1, f"{found} clusters")
    option("Option b").holds_if(found == 2, f"{found} clusters")
"""


def asked(folder: Path, body: str, head: str = HEAD, name: str = "clusters") -> Question:
    """A question (option a is right) whose topic has this module of proofs."""
    path = folder / "proofs" / "trees.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(head + body, "utf-8")
    return question(proof=name, file=str(folder / "trees.yaml"))


def faults(*questions: Question) -> list[str]:
    """What the linter says of the proofs, without running them."""
    return [f"{p.field}: {p.expected}; {p.found}" for p in lint_proofs.lint(bank(*questions))]


def test_proof_says_what_holds_and_how_it_was_seen(tmp_path: Path) -> None:
    """The findings are in the order of the options; the trace has each call and its answer."""
    asks = asked(tmp_path, GOOD)
    proven = proving.proof_of(asks)
    assert proven is not None
    outcome = proving.run(asks, proven)
    assert outcome.problems == []
    assert outcome.proof.about == "Create a cluster and count."
    assert [(each.place, each.holds, each.found) for each in outcome.findings] == [
        (0, True, "1 clusters"),
        (1, False, "1 clusters"),
    ]
    first = outcome.trace.steps[0]
    assert first.call == "ecs: CreateCluster(clusterName='shop')"
    assert '"clusterName": "shop"' in first.answer
    assert '"status": "ACTIVE"' in first.answer


def test_question_whose_key_is_wrong_is_told(tmp_path: Path) -> None:
    """The lab says which option holds; a key that says another is a problem of both options."""
    asks = asked(tmp_path, GOOD)
    a, b, *others = asks.options
    wrong = replace(asks, options=(replace(a, correct=False), replace(b, correct=True), *others))
    told = [(p.expected, p.found) for p in proving.problems_of(wrong)]
    assert told == [
        ("'Option a of amber' to be wrong, as the key says", "in the lab it holds: 1 clusters"),
        ("'Option b of amber' to be right, as the key says", "in the lab it fails: 1 clusters"),
    ]


def test_each_proof_has_a_lab_of_its_own(tmp_path: Path) -> None:
    """What one proof made is not there in the next, and no lab stays open."""
    from ecs_lab.lab import open_labs

    asks = asked(tmp_path, GOOD)
    assert proving.problems_of(asks) == proving.problems_of(asks) == []
    assert open_labs() == []


def test_right_option_without_a_word_is_told(tmp_path: Path) -> None:
    """A proof that only speaks of wrong options proves nothing of the right one."""
    asks = asked(tmp_path, '    option("Option b").holds_if(found == 2, "one cluster")\n')
    (problem,) = proving.problems_of(asks)
    assert problem.expected == "a word on every right option"
    assert problem.found == "nothing on 'Option a of amber'"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('    option("Option x").holds_if(True, "")\n', "no option begins with 'Option x'"),
        ('    option("Option").holds_if(True, "")\n', "4 options begin with 'Option'"),
        (GOOD + '    option("Option a").holds_if(True, "")\n', "'Option a of amber' twice"),
        ('    assert found == 7, "seven clusters"\n', "line 9: AssertionError: seven clusters"),
    ],
)
def test_scene_that_does_not_play_is_told_with_its_line(
    tmp_path: Path, body: str, said: str
) -> None:
    """A wrong name, a second word on an option and a failed guard are problems, not crashes."""
    (problem,) = proving.problems_of(asked(tmp_path, body))
    assert problem.expected == "a scene that plays to its end"
    assert said in problem.found


def test_linter_sees_without_running_what_is_missing(tmp_path: Path) -> None:
    """A proof that is not there, options that are not there, and a proof without a word."""
    assert faults(asked(tmp_path, GOOD)) == []
    (missing,) = faults(asked(tmp_path, GOOD, name="cluster"))[:1]
    assert missing == "question-00.proof: a function marked @proof of trees.py; 'cluster'"
    (renamed,) = faults(asked(tmp_path, GOOD.replace("Option b", "Option z")))
    assert renamed.startswith("clusters: options of question-00; no option begins with 'Option z'")
    (silent,) = faults(asked(tmp_path, "    assert found\n"))
    assert silent == "clusters: a word on an option: option(...).holds_if(...); none"


def test_proof_that_no_question_names_is_told(tmp_path: Path) -> None:
    """An orphan is as wrong as a proof that two questions share."""
    asks = asked(tmp_path, GOOD)
    assert faults(replace(asks, proof="")) == ["clusters: one question that names this proof; 0"]
    assert faults(asks, replace(asks, id="question-01"))[0] == (
        "clusters: one question that names this proof; 2"
    )


def test_module_that_is_no_python_is_told_with_its_line(tmp_path: Path) -> None:
    """A slip in a module of proofs is a problem of the course file."""
    asks = asked(tmp_path, "    option(\n")
    (said,) = faults(asks)
    assert "SyntaxError" in said
    with pytest.raises(CourseFileError):
        proving.load("trees", tmp_path)
    assert proving.problems_of(asks) == []


def test_most_questions_are_proven() -> None:
    """The lab shows what it teaches: two of three questions, and some of each topic."""
    bank = load_bank()
    proven = [each for each in bank.questions if proving.proof_of(each)]
    assert len(proven) >= len(bank.questions) * 2 / 3
    for topic in bank.topics:
        assert len([each for each in topic.questions if each in proven]) >= 3, topic.name


PICTURE = """\
from ecs_lab.quiz import scene
from ecs_lab.quiz.proofs import picture

@picture
def one_cluster(lab):
    \'\'\'One cluster\'\'\'
    scene.cluster(lab)
"""


def test_picture_is_drawn_of_a_lab_of_its_own(tmp_path: Path) -> None:
    """A function marked @picture builds what stands beside the question, under its docstring."""
    asks = asked(tmp_path, "", head=PICTURE, name="")
    assert faults(replace(asks, picture="one_cluster")) == []
    drawn = proving.picture_of(replace(asks, picture="one_cluster"))
    assert drawn is not None
    assert "shop" in drawn.text
    assert "One cluster" in drawn.text
    assert proving.picture_of(asks) is None


def test_picture_that_is_not_there_is_told(tmp_path: Path) -> None:
    """The linter names the nearest that there is."""
    asks = replace(asked(tmp_path, "", head=PICTURE, name=""), picture="one_clusters")
    (said,) = faults(asks)
    assert said == "question-00.picture: a function marked @picture of trees.py; 'one_clusters'"
