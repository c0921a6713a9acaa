"""The quiz widget as Python sees it: state, messages, and what is sent to the browser."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from questions import matching, ordering, question
from surroundings import REPOSITORY

from ecs_lab.quiz.bank import UnknownTopicError, load_topic
from ecs_lab.quiz.model import Case, Option, Topic
from ecs_lab.widgets.quiz import QuizWidget, show

if TYPE_CHECKING:
    from collections.abc import Iterator

TOPIC = Topic(
    "trees", "Trees", 0, (question(0), question(1, right=(1, 3)), question(2, exam_today="Both."))
)
FIELDS = {"id", "kind", "case", "stem", "instruction", "select", "options", "answers"}
"""All that the browser knows of a question before it is answered."""
WIDGETS = REPOSITORY / "ecs_lab" / "widgets"


@pytest.fixture
def quiz() -> Iterator[QuizWidget]:
    """A quiz of three questions."""
    widget = QuizWidget(TOPIC, count=None, seed=1)
    yield widget
    widget.close()


def do(quiz: QuizWidget, what: str, **more: Any) -> None:
    """What the browser sends when the learner does something."""
    quiz._handle_custom_msg({"do": what, "at": quiz.position, "chosen": [], **more}, [])


def right(quiz: QuizWidget) -> list[int]:
    """Places of the right options of the question on show."""
    options = quiz._session.items[quiz.position].options
    return [i for i, option in enumerate(options) if option.correct]


def wrong(quiz: QuizWidget) -> list[int]:
    """As many places, with wrong options among them."""
    count = len(quiz.question["options"])
    return [i for i in range(count) if i not in right(quiz)][: len(right(quiz))]


def sent(quiz: QuizWidget) -> str:
    """All that the browser has of the quiz."""
    state = {key: value for key, value in quiz.get_state().items() if key not in {"_esm", "_css"}}
    return json.dumps(state, default=str)


def test_answer_never_leaves_python_before_it_is_given(quiz: QuizWidget) -> None:
    """Until a question is answered the browser has its texts and nothing else of any question."""
    for position in range(quiz.total):
        do(quiz, "go", to=position)
        state = sent(quiz)
        assert "reason" not in state
        assert 'right": [' not in state
        assert "correct" not in state
        assert set(quiz.question) == FIELDS
        assert all(isinstance(option, str) for option in quiz.question["options"])
    do(quiz, "go", to=quiz.total)
    assert "reason" not in sent(quiz)


def test_neighbours_are_sent_ahead_as_they_will_be_shown(quiz: QuizWidget) -> None:
    """What the browser shows at once on Next is what this kernel then says, draft and all."""
    do(quiz, "go", to=1)
    do(quiz, "check", chosen=right(quiz))
    do(quiz, "go", to=2)
    do(quiz, "step", by=-2, chosen=[3])
    assert sorted(quiz.ahead) == ["1", "2"]
    assert quiz.ahead["1"]["verdict"]["correct"] is True
    assert quiz.ahead["2"]["chosen"] == [3]
    for place in ("1", "2"):
        assert set(quiz.ahead[place]["question"]) == FIELDS
        coming = quiz.ahead[place]
        do(quiz, "step", by=1)
        shown = {name: getattr(quiz, name) for name in coming}
        assert shown == coming


def test_verdict_brings_the_reasons_of_this_question_only(quiz: QuizWidget) -> None:
    """After the answer reasons, source, date and lesson are there; at the next they are gone."""
    do(quiz, "check", chosen=wrong(quiz))
    assert quiz.verdict["correct"] is False
    assert len(quiz.verdict["options"]) == len(quiz.question["options"])
    assert all(option["why"].startswith("The reason") for option in quiz.verdict["options"])
    chosen = quiz.verdict["options"][wrong(quiz)[0]]
    assert (chosen["right"], chosen["standing"]) == (False, "Wrong, your choice")
    assert quiz.verdict["sources"] == list(quiz._session.items[0].question.sources)
    assert (quiz.verdict["as_of"], quiz.verdict["lesson"]) == (
        "2026-11-24",
        "notebook 00-start-here",
    )
    do(quiz, "go", to=1)
    assert quiz.verdict == {}


def test_score_and_results_at_the_end(quiz: QuizWidget) -> None:
    """The end says how many were right, and of each question how it stands."""
    do(quiz, "check", chosen=right(quiz))
    do(quiz, "flag")
    do(quiz, "go", to=1)
    do(quiz, "check", chosen=wrong(quiz))
    do(quiz, "go", to=2)
    do(quiz, "go", to=3)
    assert (quiz.score["right"], quiz.score["answered"]) == (1, 2)
    assert [(q["standing"], q["flagged"]) for q in quiz.score["questions"]] == [
        ("right", True),
        ("wrong", False),
        ("not answered", False),
    ]


def test_choice_that_is_no_answer_gives_a_notice(quiz: QuizWidget) -> None:
    """Check with nothing chosen says what to do, and records nothing."""
    do(quiz, "check")
    assert quiz.notice.endswith("; you chose none.")
    assert quiz.verdict == {}
    assert quiz.score == {"right": 0, "answered": 0}


def test_choice_is_kept_when_the_learner_looks_elsewhere(quiz: QuizWidget) -> None:
    """What was chosen but not checked is there again on coming back."""
    do(quiz, "go", to=1, chosen=[2])
    assert quiz.chosen == []
    do(quiz, "go", to=0)
    assert quiz.chosen == [2]


def test_fast_fingers_lose_nothing(quiz: QuizWidget) -> None:
    """Steps sent before the browser has heard of the first count; choices stay where they were."""
    do(quiz, "step", by=1, at=0, chosen=[3])
    do(quiz, "step", by=1, at=0, chosen=[3])
    assert (quiz.position, quiz.chosen) == (2, [])
    do(quiz, "step", by=-1)
    assert (quiz.position, quiz.chosen) == (1, [])
    do(quiz, "step", by=-1)
    assert (quiz.position, quiz.chosen) == (0, [3])


def test_first_answer_stands(quiz: QuizWidget) -> None:
    """A second Check after the reasons are known changes nothing."""
    do(quiz, "check", chosen=wrong(quiz))
    do(quiz, "check", chosen=right(quiz))
    assert quiz.verdict["correct"] is False
    assert quiz.score["right"] == 0


def test_start_again_asks_anew(quiz: QuizWidget) -> None:
    """Starting again clears the answers, and begins with the first question; flags stay."""
    do(quiz, "check", chosen=right(quiz))
    do(quiz, "flag")
    flagged = quiz.question["id"]
    do(quiz, "go", to=3)
    do(quiz, "restart")
    assert (quiz.position, quiz.flagged, quiz.chosen) == (0, quiz.question["id"] == flagged, [])
    assert quiz.score == {"right": 0, "answered": 0}


def test_position_stays_within_the_quiz(quiz: QuizWidget) -> None:
    """Going too far ends at the results, going back too far at the first question."""
    do(quiz, "go", to=99)
    assert quiz.position == quiz.total
    do(quiz, "go", to=-1)
    assert quiz.position == 0


def test_text_form_has_the_questions_without_the_key() -> None:
    """Where no widget runs, text and HTML show what is asked, escaped, and where to answer."""
    tricky = question(0, stem="Is <b>1 < 2</b> what <script> does?")
    tricky = replace(tricky, options=(Option("<i>a</i>", "The reason is long."), *tricky.options))
    quiz = QuizWidget(Topic("trees", "Trees & <woods>", 0, (tricky,)))
    bundle = quiz._repr_mimebundle_()
    assert bundle is not None
    plain, html = bundle[0]["text/plain"], bundle[0]["text/html"]
    for option in tricky.options:
        assert option.text in plain
        assert option.text.replace("<", "&lt;").replace(">", "&gt;") in html
    assert "reason" not in plain + html
    assert "ecs-lab quiz trees" in plain
    assert "&lt;script&gt;" in html
    assert "<script" not in html
    assert "<i>" not in html
    assert "application/vnd.jupyter.widget-view+json" in bundle[0]
    quiz.close()


def test_show_gives_the_same_quiz_for_the_same_seed() -> None:
    """A notebook shows everybody the same questions; the count has a sensible default."""
    first, second, other = show("fargate", seed=4), show("fargate", seed=4), show("fargate", seed=5)
    assert first.total == 5
    assert first.as_text() == second.as_text() != other.as_text()
    assert show("fargate", count=None).total >= 10


def test_show_names_the_topic_that_was_meant() -> None:
    """A wrong topic is one sentence."""
    with pytest.raises(UnknownTopicError, match=r"^There is no topic 'ec2'\. Did you mean|Known"):
        show("ec2")


def test_browser_part_puts_text_in_as_text() -> None:
    """No text of a question is ever read as HTML or code."""
    script = (WIDGETS / "quiz.js").read_text("utf-8")
    for risky in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert risky not in script


@pytest.fixture
def other_types() -> Iterator[QuizWidget]:
    """A quiz of an ordering, a matching and a case question."""
    case = Case("flood", "It has rained for weeks, and the river rises from hour to hour.")
    questions = (ordering(0), matching(1), question(2, case=case))
    widget = QuizWidget(Topic("trees", "Trees", 0, questions), count=None, seed=1)
    yield widget
    widget.close()


def test_key_of_other_types_never_leaves_python_before_the_answer(other_types: QuizWidget) -> None:
    """Steps are sent in another order than the right one, answers in one of their own."""
    quiz = other_types
    for position, item in enumerate(quiz._session.items):
        do(quiz, "go", to=position)
        assert set(quiz.question) == FIELDS
        assert "reason" not in sent(quiz)
        assert quiz.question["options"] == [option.text for option in item.options]
        if item.question.kind == "ordering":
            assert quiz.chosen == [0, 1, 2, 3] != list(item.right)
        if item.question.kind == "matching":
            assert quiz.chosen == [-1, -1, -1]
            assert quiz.question["answers"] == list(item.answers)
        assert quiz.question["case"] == (item.question.case.text if item.question.case else "")


def test_other_types_are_answered_and_judged_part_by_part(other_types: QuizWidget) -> None:
    """An answer is an order or a list of matches; each part says whether it was right."""
    quiz = other_types
    for position, item in enumerate(quiz._session.items):
        do(quiz, "go", to=position)
        if item.question.kind == "matching":
            do(quiz, "check", chosen=[0, -1, 1])
            assert quiz.notice == "Match all 3; you matched 2."
        answer = list(item.right)
        if item.question.kind == "ordering":
            answer[:2] = answer[1::-1]
        do(quiz, "check", chosen=answer)
        assert quiz.chosen == answer
        assert quiz.verdict["correct"] is (item.question.kind != "ordering")
        if item.question.kind == "ordering":
            rights = [quiz.verdict["options"][place]["right"] for place in answer]
            assert rights == [False, False, True, True]


def test_show_me_plays_the_proof_after_the_answer_only() -> None:
    """Before the answer nothing is shown; after it calls, findings by letter, and pictures are."""
    topic = load_topic("ec2-launch-type")
    (asked,) = [each for each in topic.questions if each.id == "ec2-fixed-host-port"]
    quiz = QuizWidget(replace(topic, questions=(asked,)), seed=1)
    do(quiz, "show")
    assert quiz.shown == {}
    do(quiz, "check", chosen=wrong(quiz))
    assert quiz.verdict["provable"] is True
    do(quiz, "show")
    assert quiz.shown["about"].startswith("Two instances")
    assert "CreateCluster" in quiz.shown["steps"][0]["call"]
    (drawn,) = quiz.shown["pictures"]
    assert drawn["source"].startswith("data:image/svg+xml,")
    holding = [each["letter"] for each in quiz.shown["findings"] if each["standing"] == "holds"]
    assert holding == ["ABCD"[right(quiz)[0]]]
    do(quiz, "step", by=1)
    assert quiz.shown == {}
    quiz.close()


def test_picture_stands_beside_its_question() -> None:
    """It is there with the question, drawn and in words, and goes with it."""
    topic = load_topic("ec2-launch-type")
    chosen = tuple(q for q in topic.questions if q.id in {"ec2-draining", "ec2-fixed-host-port"})
    quiz = QuizWidget(replace(topic, questions=chosen), seed=1)
    seen = {}
    for position in range(2):
        do(quiz, "go", to=position)
        seen[quiz.question["id"]] = quiz.picture
    assert seen["ec2-draining"]["source"].startswith("data:image/svg+xml,")
    assert "shop" in seen["ec2-draining"]["text"]
    assert seen["ec2-fixed-host-port"] == {}
    quiz.close()


def test_same_cell_run_again_goes_on_where_the_quiz_was_left() -> None:
    """Also in another kernel, and in the terminal: what was answered and chosen is there."""
    first = show("fargate", count=3, seed=4)
    do(first, "check", chosen=right(first))
    do(first, "step", by=1, chosen=[])
    do(first, "step", by=1, chosen=[1])
    do(first, "step", by=-1, chosen=[])
    assert first.position == 1
    for again in (show("fargate", count=3, seed=4), show(resume=True)):
        assert again.notice == "Taken up again: 1 of 3 answered."
        assert (again.position, again.score["right"], again.title) == (1, 1, first.title)
        assert again.chosen == [1]
        do(again, "step", by=-1, chosen=again.chosen)
        assert again.verdict["correct"]
        do(again, "step", by=1)


def test_explain_says_what_is_asked_and_nothing_of_the_answer(quiz: QuizWidget) -> None:
    """Before the answer and after it, with what is kept of earlier ones."""
    do(quiz, "explain")
    assert "This asks about What ECS is. It is taught in notebook 00-start-here." in quiz.notice
    assert "not answered it before" in quiz.notice
    assert "reason for" not in quiz.notice
    do(quiz, "check", chosen=right(quiz))
    do(quiz, "explain")
    assert "You have answered it once, rightly" in quiz.notice
    assert quiz.verdict["history"] in quiz.notice


def test_quiz_by_need_says_what_it_cannot_do() -> None:
    """A way that there is not, an exam that there is not, nothing due, nothing left."""
    assert show(by="weak", exam="dva-c03", count=2).title == "DVA-C03, Your weak points"
    for wish, words in (
        ({"by": "wek"}, "Did you mean 'weak'"),
        ({"exam": "DVA"}, "No question is for 'DVA'"),
        ({"by": "due"}, "Nothing is due today"),
        ({"resume": True}, "No practice was left"),
    ):
        with pytest.raises(LookupError, match=words):
            show(**wish)
