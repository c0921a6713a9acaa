"""The course proves itself: the steps of `ecs-lab course check`, a test each, so that cores share
them.
"""

from __future__ import annotations

import pytest

from ecs_lab.exercises import course

STEPS = dict(course.steps())


@pytest.mark.course
@pytest.mark.parametrize("name", STEPS)
def test_course_is_right(name: str) -> None:
    """Exercises judge their samples as they say, questions pass the linter, and proofs hold."""
    assert STEPS[name]() == []
