"""Which images a lifecycle policy marks.

AWS evaluates all rules at once and applies them by priority: an image that meets the tagging
requirements of a rule is never marked by a later one, yet the later one counts it.
Source:
https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html#lp_evaluation_rules
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from ecs_lab.aws.ecr.lifecycle_rules import Rule

DAY_S = 24 * 60 * 60


class Stored(Protocol):
    """An image in a repository: its tags, and when it was pushed in seconds since the epoch."""

    image_tags: list[str]
    image_pushed_at: float


Image = TypeVar("Image", bound=Stored)


def marked(
    rules: Sequence[Rule], images: Sequence[Image], now_s: float
) -> list[tuple[Image, Rule]]:
    """The images that the rules (by priority) expire, the oldest first, with the rule that does.

    `images` stand in the order in which they were pushed.
    """
    found: dict[int, Rule] = {}
    spoken_for: set[int] = set()
    for rule in rules:
        about = [place for place, each in enumerate(images) if rule.is_about(each.image_tags)]
        about.sort(key=lambda place: (images[place].image_pushed_at, place))
        ages = [now_s - images[place].image_pushed_at for place in about]
        for place in about[: _too_many(rule, ages)]:
            if place not in spoken_for:
                found[place] = rule
        spoken_for.update(about)
    by_age = sorted(found, key=lambda place: (images[place].image_pushed_at, place))
    return [(images[place], found[place]) for place in by_age]


def _too_many(rule: Rule, ages_s: Sequence[float]) -> int:
    """How many of the images, the oldest first, a rule marks."""
    if rule.count_type == "imageCountMoreThan":
        return max(0, len(ages_s) - rule.count)
    return sum(age > rule.count * DAY_S for age in ages_s)
