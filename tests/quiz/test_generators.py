"""Generated questions: always new, and right, as the engine says."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from generated_keys import KEYS, faults
from questions import bank

from ecs_lab.cli import cli
from ecs_lab.progress import Store, using
from ecs_lab.quiz import generators
from ecs_lab.quiz.bank import load_topic
from ecs_lab.quiz.generators.making import GENERATORS
from ecs_lab.quiz.lint_items import RULES
from ecs_lab.quiz.lint_language import plain
from ecs_lab.widgets.quiz import show

if TYPE_CHECKING:
    from ecs_lab.quiz.model import Question

SEEDS = int(os.environ.get("ECS_LAB_SEEDS", "40"))
"""Seeds tried of each generator; tools/generated.py tries more."""


def test_there_are_at_least_twelve_and_each_has_its_key() -> None:
    """Whoever adds a generator says how the engine finds its answer."""
    assert len(GENERATORS) >= 12
    assert set(KEYS) == set(GENERATORS)


@pytest.mark.parametrize("name", sorted(GENERATORS))
def test_key_is_what_the_engine_says(name: str) -> None:
    """The engine, which knows nothing of the generator's sums, comes to the same answer."""
    assert [f for seed in range(SEEDS) for f in faults(name, GENERATORS[name].draft(seed))] == []


@pytest.mark.parametrize("name", sorted(GENERATORS))
def test_generated_questions_keep_the_linters_rules(name: str) -> None:
    """They are questions as any: four options that differ, one right, with reasons and pages."""
    for seed in range(SEEDS):
        asked = generators.generate(name, seed)
        assert [problem for rule in (*RULES, plain) for problem in rule(asked)] == []


@pytest.mark.parametrize("name", sorted(GENERATORS))
def test_seed_decides_and_seeds_differ(name: str) -> None:
    """The same seed asks the same, in the same order; others ask something else."""
    maker = GENERATORS[name]
    assert maker.question(7) == maker.question(7)
    asked = [maker.question(seed) for seed in range(SEEDS)]
    assert len({(each.stem, _texts(each)) for each in asked}) > SEEDS / 2
    assert len({place for each in asked for place in each.correct}) == 4


def _texts(question: Question) -> frozenset[str]:
    return frozenset(option.text for option in question.options)


def test_practice_of_a_topic_takes_its_generators_by_turns() -> None:
    """Questions on Fargate are on Fargate; another seed asks others."""
    topic = load_topic("fargate")
    fresh = generators.practice(topic, 4, seed=1)
    assert len(fresh.questions) == 4
    assert {question.concepts[0][:2] for question in fresh.questions} == {"FG"}
    other = generators.practice(topic, 4, seed=2)
    assert {question.id for question in fresh.questions}.isdisjoint(q.id for q in other.questions)


def test_topic_without_generators_says_so() -> None:
    """A topic on which nothing is generated gets a sentence with the next step."""
    from questions import question

    strange = bank(question(concepts=("RS-01",))).topics[0]
    with pytest.raises(generators.UnknownGeneratorError, match="practise without naming a topic"):
        generators.practice(strange, 3, seed=1)
    with pytest.raises(generators.UnknownGeneratorError, match="Did you mean 'rolling-bounds'"):
        generators.generate("rolling-bound", 1)


def test_terminal_asks_generated_questions() -> None:
    """`ecs-lab quiz --generated` asks as many as --count says, the same for the same seed."""
    words = ["quiz", "--generated", "--count", "3", "--seed", "5"]
    with using(Store()):
        first = CliRunner().invoke(cli, words, input="A\nA\nA\n", prog_name="ecs-lab")
    assert first.exit_code == 0
    assert "generated: 3 questions (seed 5)" in first.output
    assert "of 3 answered right." in first.output
    with using(Store()):
        again = CliRunner().invoke(cli, words, input="A\nA\nA\n", prog_name="ecs-lab")
    assert again.output == first.output


def test_widget_starts_again_with_new_questions() -> None:
    """Practice does not repeat itself: starting again makes other questions."""
    quiz = show(generated=True, count=3, seed=3)
    before = quiz.as_text()
    quiz._handle_custom_msg({"do": "restart", "at": 0, "chosen": []}, [])
    assert quiz.total == 3
    assert quiz.as_text() != before
    assert "ecs-lab quiz --generated" in before
    quiz.close()
