"""Checks of ecr-lifecycle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

DAY_S = 24 * 60 * 60
RULES = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html"


def left(lab: Lab, days: float) -> list[list[str]]:
    """The tags of the images that are there after so many days, each image's in order."""
    lab.wait(days * DAY_S)
    images = lab.client("ecr").describe_images(repositoryName=f"{variant.rule.name}/web")
    return sorted(sorted(image.get("imageTags", [])) for image in images["imageDetails"])


def verdict(lab: Lab, days: float, begins: str, expected: list[str], why: str) -> Verdict:
    """Whether the tags that begin so are the expected ones after so many days."""
    found = sorted(tag for tags in left(lab, days) for tag in tags if tag.startswith(begins))
    if found == sorted(expected):
        return passed
    return missed(
        expected=", ".join(sorted(expected)) or "none", found=", ".join(found) or "none",
        why=why, see=RULES,
    )  # fmt: skip


@check("The newest releases stay, and older ones go", points=3)
def releases(lab: Lab) -> Verdict:
    """A day and a half later."""
    newest = [f"release-{number}" for number in (1, 2, 3, 4)][-variant.rule.keep :]
    why = "Which rule has the lowest number among those whose tags fit the image?"
    return verdict(lab, 1.5, "release-", newest, why)


@check("A release that is pushed later takes the place of the oldest", needs="releases")
def next_release(lab: Lab) -> Verdict:
    """The check pushes release-5, and looks a day and a half later."""
    lab.registry.push(f"{variant.rule.name}/web:release-5", script="print('five')")
    newest = [f"release-{number}" for number in (1, 2, 3, 4, 5)][-variant.rule.keep :]
    return verdict(lab, 1.5, "release-", newest, "Count images, not days.")


@check("Tries go when they are old enough, and not before", points=2)
def tries(lab: Lab) -> Verdict:
    """A day and a half later the old one is gone; when all are old, all are."""
    why = "imagePushedAt says how old an image is."
    there = ["dev-d", "dev-e"]
    found = [tag for tags in left(lab, 1.5) for tag in tags if tag in (*there, "dev-c")]
    if sorted(found) != there:
        return missed(expected=", ".join(there), found=", ".join(sorted(found)), why=why, see=RULES)
    found = [tag for tags in left(lab, variant.rule.days + 1) for tag in tags if tag in there]
    return passed if not found else missed(expected="none", found=", ".join(found), why=why)


@check("Images without a tag go after a day", points=2)
def untagged(lab: Lab) -> Verdict:
    """None is left a day and a half later; the build that has the tag is."""
    found = left(lab, 1.5)
    if [] not in found and ["nightly"] in found:
        return passed
    return missed(
        expected="no image without a tag, and the one with nightly",
        found=f"{found.count([])} without a tag"
        + ("" if ["nightly"] in found else ", and no nightly"),
        why="An image whose tag has moved to a newer one has no tag.",
        see=RULES,
    )


@check("All others stay", needs="untagged")
def others(lab: Lab) -> Verdict:
    """hotfix and nightly, two months later."""
    found = [tags for tags in left(lab, 60) if tags in (["hotfix"], ["nightly"])]
    if found == [["hotfix"], ["nightly"]]:
        return passed
    return missed(
        expected="hotfix, nightly",
        found=", ".join(tag for tags in found for tag in tags) or "none",
        why="A rule for images that no rule should be about.",
    )
