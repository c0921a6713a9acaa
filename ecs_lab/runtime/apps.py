"""Apps: images that a learner writes, in one of three forms.

- a *web* app: a WSGI callable, or a class (or function without parameters) that makes one for each
  container;
- a *step* app: a function that is called with the container again and again as time passes;
- a *script*: a function that is called once with the container, or Python source text.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

from ecs_lab.runtime.programs import Program
from ecs_lab.runtime.scripts import Script
from ecs_lab.runtime.steps import Steps
from ecs_lab.runtime.web import Web, positional

FORMS = (
    "an app is one of three: a WSGI callable with the parameters environ and start_response (or a "
    "class of them), step=a function of the container, script=a function of the container or text"
)


def program_of(
    app: Callable[..., Any] | None = None,
    *,
    port: int | None = None,
    step: Callable[..., Any] | None = None,
    every_s: float = 1.0,
    script: Callable[..., Any] | str | None = None,
) -> Program:
    """The program of an app; raises TypeError or ValueError, with the next step, for what is
    none.

    >>> program_of(script="print('hello')")
    Script(script="print('hello')")
    >>> program_of(step=print, every_s=0)
    Traceback (most recent call last):
    ValueError: every_s is 0: give the seconds from step to step
    """
    if sum(each is not None for each in (app, step, script)) != 1:
        raise TypeError(f"give one app: {FORMS}")
    if app is not None:
        return _web(app, port)
    if port is not None:
        raise TypeError("only a WSGI app listens on a port: leave out port=")
    if step is not None:
        _check_takes_container(step, "step")
        if not 0 < every_s < math.inf:
            raise ValueError(f"every_s is {every_s}: give the seconds from step to step")
        return Steps(step, float(every_s))
    if not isinstance(script, str):
        _check_takes_container(script, "script")
    assert script is not None
    return Script(script)


def _web(app: Any, port: int | None) -> Web:
    if port is not None and not 0 < port < 65536:
        raise ValueError(f"port is {port!r}: give a number from 1 to 65535")
    if not callable(app):
        raise TypeError(f"{app!r} cannot be called: {FORMS}")
    count = _count(app)
    if inspect.isclass(app) or count < 2:
        if count > 1:
            raise TypeError(
                f"{app.__name__} wants {count} arguments, and a container's app is made with none, "
                "or with the container alone"
            )
        return Web(app, port, makes=True)
    if count > 2:
        raise TypeError(f"{app!r} takes {count} parameters: {FORMS}")
    return Web(app, port)


def _check_takes_container(function: Any, what: str) -> None:
    if not callable(function) or _count(function) > 1:
        raise TypeError(f"{what}= is {function!r}: give a function of one parameter, the container")


def _count(function: Any) -> int:
    """How many parameters a call fills; 1 for what Python cannot say."""
    try:
        return len(positional(function))
    except (TypeError, ValueError):
        return 1
