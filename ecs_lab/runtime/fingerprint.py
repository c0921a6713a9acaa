"""What tells two apps apart: a digest of their code, the same for the same code in every process.

A function's source counts where Python has it and its code where not, and so do the plain values
that it closes over or takes by default.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
from collections.abc import Iterator
from types import CodeType
from typing import Any

PLAIN = (str, bytes, int, float, bool, type(None))


def digest_of(*things: object) -> str:
    """`sha256:` and 64 hexadecimal digits.

    >>> digest_of("a") == digest_of("a") != digest_of("b")
    True
    >>> def shop(colour):
    ...     return lambda environ, start_response: [colour]
    >>> digest_of(shop(b"red")) == digest_of(shop(b"red")) != digest_of(shop(b"blue"))
    True
    """
    whole = hashlib.sha256()
    for part in _parts(things, set()):
        whole.update(part.encode() + b"\0")
    return f"sha256:{whole.hexdigest()}"


def _parts(thing: Any, seen: set[int]) -> Iterator[str]:
    """The texts that make up a thing; of an object without code the name of its class."""
    if isinstance(thing, PLAIN):
        yield repr(thing)
        return
    if id(thing) in seen:
        return
    seen.add(id(thing))
    if isinstance(thing, (list, tuple, set, frozenset)):
        for each in sorted(thing, key=repr) if isinstance(thing, (set, frozenset)) else thing:
            yield from _parts(each, seen)
    elif isinstance(thing, dict):
        yield from _parts(list(thing.items()), seen)
    elif isinstance(thing, functools.partial):
        yield from _parts((thing.func, thing.args, thing.keywords), seen)
    elif inspect.ismethod(thing):
        yield from _parts((thing.__func__, thing.__self__), seen)
    elif inspect.isfunction(thing):
        yield from _function(thing, seen)
    elif inspect.isclass(thing):
        yield from _class(thing, seen)
    else:
        yield from _object(thing, seen)


def _function(function: Any, seen: set[int]) -> Iterator[str]:
    yield _source(function) or _code(function.__code__)
    yield from _parts((function.__defaults__, function.__kwdefaults__), seen)
    for cell in function.__closure__ or ():
        try:
            yield from _parts(cell.cell_contents, seen)
        except ValueError:  # not bound yet
            yield "unbound"


def _class(kind: type, seen: set[int]) -> Iterator[str]:
    yield kind.__qualname__
    if kind.__module__ == "builtins":
        return
    source = _source(kind)
    if source:
        yield source
        return
    for name, value in sorted(vars(kind).items()):
        if inspect.isfunction(value) or isinstance(value, PLAIN):
            yield name
            yield from _parts(value, seen)


def _object(thing: Any, seen: set[int]) -> Iterator[str]:
    yield from _parts(type(thing), seen)
    for name, value in sorted(vars(thing).items()) if hasattr(thing, "__dict__") else ():
        if isinstance(value, PLAIN) or inspect.isfunction(value):
            yield name
            yield from _parts(value, seen)


def _source(thing: Any) -> str:
    try:
        return inspect.getsource(thing)
    except (OSError, TypeError, SyntaxError, IndexError):
        return ""


def _code(code: CodeType) -> str:
    """The code of a function that has no source, without where it stands."""
    inner = [_code(each) if isinstance(each, CodeType) else repr(each) for each in code.co_consts]
    return "\n".join([code.co_code.hex(), *code.co_names, *inner])
