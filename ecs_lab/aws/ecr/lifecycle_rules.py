"""What a lifecycle policy says: its rules, read and checked.

Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html,
https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

WILDCARDS_AT_MOST = 4
ARCHIVE = ("sinceImagePulled", "sinceImageTransitioned", "transition", "storageClass")
"""Words of rules that archive images, which the lab does not."""


class PolicyError(ValueError):
    """A lifecycle policy that ECR does not take; the text says why."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: which images it is about, and how many or how old they may be.

    `patterns` have wildcards; an image has to have a tag for each of them.
    """

    priority: int
    tag_status: str
    patterns: tuple[str, ...]
    count_type: str
    count: int

    def is_about(self, tags: Iterable[str]) -> bool:
        """Whether an image with these tags meets the rule's tagging requirements.

        >>> rule = Rule(1, "tagged", ("alpha*", "beta*"), "imageCountMoreThan", 1)
        >>> rule.is_about(["alpha-2", "beta-2"]), rule.is_about(["alpha-1"])
        (True, False)
        """
        tags = list(tags)
        if self.tag_status == "any":
            return True
        if self.tag_status == "untagged":
            return not tags
        return all(any(fnmatchcase(tag, each) for tag in tags) for each in self.patterns)


def read(text: str) -> list[Rule]:
    """The rules of a policy's text, by priority; raises PolicyError.

    The schema (fields, and the values that they may have) is moto's to check, before this.
    """
    document = json.loads(text)
    rules = sorted((_rule(each) for each in document["rules"]), key=lambda rule: rule.priority)
    _check_together(rules)
    return rules


def archives(text: str) -> bool:
    """Whether a policy is one that archives images, or is about archived ones."""
    return any(f'"{word}"' in text for word in ARCHIVE)


def _rule(said: Mapping[str, Any]) -> Rule:
    priority, selection = said["rulePriority"], said["selection"]
    _check_counts(priority, selection)
    lists = [name for name in ("tagPatternList", "tagPrefixList") if selection.get(name)]
    status = selection["tagStatus"]
    if status == "tagged" and len(lists) != 1:
        raise PolicyError(
            f"rule {priority}: tagStatus=tagged wants tagPatternList or tagPrefixList, not both"
        )
    if status != "tagged" and lists:
        raise PolicyError(f"rule {priority}: {lists[0]} is for tagStatus=tagged only")
    patterns = tuple(_patterns(priority, lists[0], selection[lists[0]]) if lists else ())
    return Rule(priority, status, patterns, selection["countType"], selection["countNumber"])


def _check_counts(priority: Any, selection: Mapping[str, Any]) -> None:
    if type(priority) is not int or priority < 1:
        raise PolicyError(f"rulePriority has to be a positive integer, not {priority!r}")
    by_age = selection["countType"] == "sinceImagePushed"
    if by_age != ("countUnit" in selection):
        wants = "wants countUnit=days" if by_age else "takes no countUnit"
        raise PolicyError(f"rule {priority}: countType={selection['countType']} {wants}")


def _patterns(priority: int, kind: str, given: Iterable[str]) -> Iterable[str]:
    for each in given:
        if each.count("*") > WILDCARDS_AT_MOST:
            raise PolicyError(
                f"rule {priority}: {each!r} has more than {WILDCARDS_AT_MOST} wildcards"
            )
        yield each if kind == "tagPatternList" else f"{each}*"


def _check_together(rules: list[Rule]) -> None:
    """What rules must not have in common, and which comes last."""
    priorities = [rule.priority for rule in rules]
    if len(set(priorities)) < len(priorities):
        raise PolicyError("each rule wants a rulePriority of its own")
    tagged = [frozenset(rule.patterns) for rule in rules if rule.tag_status == "tagged"]
    if len(set(tagged)) < len(tagged):
        raise PolicyError("two rules have the same list of tags")
    for status in ("untagged", "any"):
        if sum(rule.tag_status == status for rule in rules) > 1:
            raise PolicyError(f"only one rule may have tagStatus={status}")
    if any(rule.tag_status == "any" for rule in rules[:-1]):
        raise PolicyError("the rule with tagStatus=any wants the highest rulePriority")
