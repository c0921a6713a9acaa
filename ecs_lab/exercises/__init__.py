"""Exercises: what the learner builds, checked on the state and behaviour of the lab.

    ask("fargate-first-service")            the statement
    begin("clinic-image-tag", lab)          builds what the exercise gives, such as a broken system
    check("fargate-first-service", lab)     the report: expected, found and why, check by check
    hint("fargate-first-service")           the next hint
    solution("fargate-first-service")       the worked solution, once it is passed

`catalog` finds and validates the definitions, `run` is the one check engine behind the notebook's
button, the terminal, pytest and batch, `progress` remembers, `command` is the command line.
"""

from __future__ import annotations

from ecs_lab.exercises.calls import ask, begin, check, hint, solution

__all__ = ["ask", "begin", "check", "hint", "solution"]
