"""The table of looks: complete, readable on light and dark pages; and the responsibility view."""

from __future__ import annotations

import snapshots as lab

from ecs_lab.diagram import draw
from ecs_lab.diagram.kinds import every_look, inks, tone_of
from ecs_lab.diagram.responsibility import areas

ENOUGH = 4.5  # WCAG 2.2, success criterion 1.4.3: text against its background


def brightness(colour: str) -> float:
    """Relative luminance of #rrggbb, as WCAG defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The ratio of the brighter colour to the darker one."""
    low, high = sorted(map(brightness, (one, other)))
    return (high + 0.05) / (low + 0.05)


def test_every_colour_can_be_read_on_light_and_dark_pages() -> None:
    """Text has a contrast of 4.5 to 1 against cards, also on a box's tint; lines have 3 to 1."""
    for look in every_look():
        if look.name in ("paper", "on-accent"):
            continue
        for theme in ("light", "dark"):
            ground = getattr(inks()["paper"], theme)
            least = 3 if look.name == "line" else ENOUGH
            assert contrast(getattr(look, theme), ground) >= least, (look.name, theme)


def test_text_on_the_accent_colour_can_be_read() -> None:
    """The badge "new"."""
    accent, text = inks()["accent"], inks()["on-accent"]
    assert contrast(accent.light, text.light) >= ENOUGH
    assert contrast(accent.dark, text.dark) >= ENOUGH


def test_one_light_colour_has_one_dark_colour() -> None:
    """The style sheet tells colours apart by their light value."""
    pairs = {(look.light, look.dark) for look in every_look()}
    assert len(pairs) == len({light for light, _ in pairs})


def test_every_state_of_a_task_has_a_tone() -> None:
    """AWS's life cycle of a task: on its way, running, on its way out, stopped
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html).
    """
    way_in = ("PROVISIONING", "PENDING", "ACTIVATING")
    way_out = ("DEACTIVATING", "STOPPING", "DEPROVISIONING")
    assert {tone_of(state) for state in (*way_in, *way_out)} == {"busy"}
    assert (tone_of("RUNNING"), tone_of("STOPPED")) == ("good", "off")


def test_responsibilities_stand_side_by_side() -> None:
    """Every area is in both columns, and the picture says who manages it."""
    picture = draw(lab.empty_lab(), view="responsibility")
    columns = [picture.graph.inside(f"launch-type:{name}") for name in ("ec2", "fargate")]
    assert [n.label for n in columns[0]] == [n.label for n in columns[1]]
    assert "AWS Host operating system: patched for you" in picture.text
    assert "You Host operating system: choose the AMI and keep it patched" in picture.text


def test_every_responsibility_names_its_page_and_fills_one_line_in_both_columns() -> None:
    """Facts have a source in AWS's documentation, and rows stay level."""
    for row in areas():
        assert row["source"].startswith("https://docs.aws.amazon.com/"), row["id"]
        assert 0 < len(row["ec2_says"]) <= 40, row["id"]
        assert 0 < len(row["fargate_says"]) <= 40, row["id"]
        assert {row["ec2"], row["fargate"]} <= {"yours", "aws"}
