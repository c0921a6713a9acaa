"""A learner's text, made safe to print."""

from __future__ import annotations

import pytest

from ecs_lab.grading.plain import indented, plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("two words\n\tand é", "two words\n\tand é"),
        ("\x1b[32mpassed\x1b[0m", "\\x1b[32mpassed\\x1b[0m"),
        ("a\rb\0", "a\\rb\\x00"),
        ("\ud800", "\\ud800"),
        ("\u202eevil", "\\u202eevil"),
    ],
)
def test_characters_that_act_on_a_terminal_are_spelt_out(text: str, shown: str) -> None:
    """Colours, carriage returns, half pairs and right-to-left marks are seen, not obeyed."""
    assert plain(text) == shown


def test_lines_of_a_text_cannot_pose_as_the_graders() -> None:
    """Every line but the first is marked."""
    assert indented("one\r\n1 passed", "| ") == "one\n| 1 passed"
