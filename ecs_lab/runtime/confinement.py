"""While an app of the lab runs, the ordinary names mean its container's: `os.environ`, `print`,
`open`, `time.sleep`, `urllib.request.urlopen`. The user's own files, processes and sockets are
refused.

That keeps an honest app, however wrong it is, in its container. It is no sandbox against hostile
code, which has the whole process to itself: see docs/adr/0090-apps-in-containers.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

from ecs_lab.runtime.budget import LINES, Budget

if TYPE_CHECKING:
    from ecs_lab.runtime.inside import Inside

Name = tuple[Any, str, Any]
"""Who has a name, the name, and its value."""


class _Confined(NamedTuple):
    """An app that runs now: where, with which budget, and the names to put in place: `values`, and
    `functions`, which ask themselves whether somebody is in the container.
    """

    inside: Inside
    budget: Budget
    values: list[Name]
    functions: list[Name]


# Each thread has its own: those of Jupyter or of a server are not in a container with the app.
_current: ContextVar[_Confined | None] = ContextVar("confined", default=None)
_outside: ContextVar[list[Name]] = ContextVar("outside", default=[])  # noqa: B039 - never changed
current_confinement = _current.get
_swaps: list[tuple[Any, str, Any, Callable[[Inside], Any]]] = []
_made: WeakKeyDictionary[Inside, tuple[list[Name], list[Name]]] = WeakKeyDictionary()


def swap(owner: Any, name: str, made: Callable[[Inside], Any]) -> None:
    """Let `owner.name` be `made(inside)` while an app runs, in containers that start from now on.

    Names outside Python's library, such as boto3's, are added from where they are known.
    """
    _swaps.append((owner, name, getattr(owner, name), made))


def current() -> Inside | None:
    """The container whose app runs now in this thread; None while none does, or the lab works for
    it.
    """
    here = _current.get()
    return here.inside if here is not None else None


@contextmanager
def confined(inside: Inside, lines: int = LINES) -> Iterator[None]:
    """Be in the container: names are swapped, forbidden things refused, lines counted.

    Raises OutOfBudgetError in the app that runs more than `lines` lines of its own.
    """
    with released():
        here = _Confined(inside, Budget(lines), *_names(inside))
        functions = _put(here.functions)
        values = _enter(here)
        try:
            yield
        finally:
            _leave(here, values)
            _put(functions)


@contextmanager
def released() -> Iterator[None]:
    """Be out of the container again, while the lab works for its app."""
    here = _current.get()
    if here is None:
        yield
        return
    _leave(here, _outside.get())
    try:
        yield
    finally:
        _enter(here)


def _names(inside: Inside) -> tuple[list[Name], list[Name]]:
    """What the swapped names are in a container: values, and functions."""
    if inside not in _made:
        made = [(owner, name, outside, make(inside)) for owner, name, outside, make in _swaps]
        values = [(owner, name, value) for owner, name, _, value in made if not callable(value)]
        functions = [
            (owner, name, _for_this_thread(outside, value))
            for owner, name, outside, value in made
            if callable(value)
        ]
        _made[inside] = values, functions
    return _made[inside]


def _for_this_thread(outside: Any, inside: Any) -> Any:
    """A function that is the container's only for the thread that is in it."""

    def call(*arguments: Any, **named: Any) -> Any:
        function = outside if _current.get() is None else inside
        return function(*arguments, **named)

    return call


def _enter(here: _Confined) -> list[Name]:
    """Go in; gives what the values were outside."""
    values = _put(here.values)
    _outside.set(values)
    _current.set(here)
    here.budget.start()
    return values


def _leave(here: _Confined, values: list[Name]) -> None:
    here.budget.stop()
    _current.set(None)
    _put(values)


def _put(names: list[Name]) -> list[Name]:
    """Put all values in place, also when a Ctrl-C falls in between; gives those of before."""
    before = [(owner, name, getattr(owner, name)) for owner, name, _ in names]
    try:
        for owner, name, value in names:
            setattr(owner, name, value)
    except BaseException:
        for owner, name, value in names:
            setattr(owner, name, value)
        raise
    return before
