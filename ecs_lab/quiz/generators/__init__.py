"""Questions made from a seed: always new, always right.

>>> generate("rolling-bounds", seed=1).id
'generated-rolling-bounds-1'
>>> len(names()) >= 12
True
"""

from __future__ import annotations

import random
from collections import Counter
from importlib import import_module

from ecs_lab.coursefile import nearest
from ecs_lab.quiz.generators.making import GENERATORS, Generator
from ecs_lab.quiz.model import Question, Topic

for _each in ("sizes", "placing", "deploying", "scaling", "deciding", "mounting"):
    import_module(f"{__name__}.{_each}")


class UnknownGeneratorError(LookupError):
    """No generator has this name; says which one was probably meant."""


def names() -> list[str]:
    """The names of all generators."""
    return sorted(GENERATORS)


def generate(name: str, seed: int) -> Question:
    """The question that a generator makes of a seed; raises `UnknownGeneratorError`."""
    if name not in GENERATORS:
        raise UnknownGeneratorError(f"There is no generator {name!r}. {nearest(name, names())}")
    return GENERATORS[name].question(seed)


def again(question_id: str) -> Question | None:
    """The question that has such an id, made once more; None for an id that is no generator's.

    >>> again("generated-rolling-bounds-1") == generate("rolling-bounds", seed=1)
    True
    """
    name, _, seed = question_id.removeprefix("generated-").rpartition("-")
    if not question_id.startswith("generated-") or name not in GENERATORS or not seed.isdecimal():
        return None
    return GENERATORS[name].question(int(seed))


def of_topic(topic: Topic) -> list[Generator]:
    """The generators that ask for what a topic is about, by its questions' main concepts."""
    areas = Counter(question.concepts[0][:2] for question in topic.questions)
    main = {area for area, count in areas.items() if count * 4 >= len(topic.questions)}
    return [each for each in GENERATORS.values() if each.concepts[0][:2] in main]


def practice(topic: Topic | None, count: int, seed: int) -> Topic:
    """As many fresh questions, on a topic or (None) on all that generators ask for.

    Raises `UnknownGeneratorError` for a topic on which none does.
    """
    makers = of_topic(topic) if topic else list(GENERATORS.values())
    if topic and not makers:
        raise UnknownGeneratorError(
            f"No questions are generated on {topic.name} yet; practise without naming a topic."
        )
    chance = random.Random(seed)
    turns = [makers[place % len(makers)] for place in range(count)]
    questions = tuple(each.question(chance.randrange(10**6)) for each in turns)
    title = f"{topic.title}: always new" if topic else "Always new"
    return Topic(
        topic.name if topic else "generated", title, topic.order if topic else 0, questions
    )
