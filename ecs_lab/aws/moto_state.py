"""What of moto belongs to one lab: backends, random numbers and time, put in and taken out whole.

moto keeps its backends in tables that the whole process shares. Each lab owns their contents;
before a lab is used its contents are put into moto's tables, and those of the lab used before are
taken out. That is a few dictionary updates, and only when the lab changes. What moto dates is
dated in the lab's virtual time.
`tests/aws/test_moto_inside.py` names what of moto's inside this leans on.
"""

from __future__ import annotations

import copyreg
import functools
import os
import queue
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ecs_lab.aws.event_bus import Buses
    from ecs_lab.aws.world import World
    from ecs_lab.engine.clock import Clock

# moto: builds 2,602 machine images for every Region unless told not to (0.6 s);
# `machine_images` adds the few we need.
os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")

from moto.core import utils
from moto.core.base_backend import BackendDict
from moto.moto_api._internal import mock_random
from moto.ssm.models import ParameterDict

_OWN = frozenset(vars(BackendDict(object, "none")))  # type: ignore[type-var] # only the names of its attributes are wanted


def _rebuild_parameters(
    account_id: str, region: str, attributes: dict[str, Any], items: list[tuple[str, Any]]
) -> ParameterDict:
    parameters = ParameterDict(account_id, region)
    vars(parameters).update(attributes)
    dict.update(parameters, items)
    return parameters


def _reduce_parameters(parameters: ParameterDict) -> tuple[Any, ...]:
    # moto: ParameterDict takes two arguments and inherits a copy that gives it one, so that a lab
    # could not be copied.
    items = list(dict.items(parameters))
    return _rebuild_parameters, (
        parameters.account_id,
        parameters.region_name,
        vars(parameters),
        items,
    )


copyreg.pickle(ParameterDict, _reduce_parameters)

# moto: ECR and SQS keep locks and conditions, which cannot be copied; a copy of a lab has its own.
# Their types come from where no module for threads is imported: a browser tab has none to run.
_Lock, _Condition = functools.RLock, type(queue.Queue().not_empty)  # type: ignore[attr-defined] # functools imports it
copyreg.pickle(type(_Lock()), lambda lock: (_Lock, ()))
copyreg.pickle(_Condition, lambda condition: (_Condition, ()))


class MotoState:
    """One lab's share of moto; `current` is the one whose contents are in moto's tables now."""

    current: MotoState | None = None

    def __init__(self, seed: int, clock: Clock) -> None:
        self.clock = clock
        self.owner: World | None = None
        self.buses: Buses | None = None
        self._contents: list[tuple[str, dict[str, Any], dict[str, Any]]] = []
        self._random = type(mock_random)(seed).getstate()

    def enter(self) -> None:
        """Put this lab's contents into moto's tables, and take those of another lab out."""
        if MotoState.current is self:
            return
        if MotoState.current is not None:
            MotoState.current.leave()
        else:
            BackendDict.reset()
        for service, contents, extra in self._contents:
            table = _backend_table(service, contents)
            dict.update(table, contents)
            for name, value in extra.items():
                getattr(table, name).update(value)
            _in_use().append(table)
        mock_random.setstate(self._random)
        MotoState.current = self

    def utcnow(self) -> datetime:
        """The lab's virtual time in moto's form: UTC without saying so."""
        return datetime.fromtimestamp(self.clock.now, UTC).replace(tzinfo=None)

    def leave(self) -> None:
        """Take this lab's contents out of moto's tables."""
        if MotoState.current is not self:
            return
        self._contents = [_take_out(table) for table in _in_use()]
        _in_use().clear()
        self._random = mock_random.getstate()
        MotoState.current = None


def _in_use() -> list[BackendDict[Any]]:
    # moto: its own list of the tables to reset; there is no public way to it.
    in_use: list[BackendDict[Any]] = vars(BackendDict)["_instances"]
    return in_use


def _take_out(table: BackendDict[Any]) -> tuple[str, dict[str, Any], dict[str, Any]]:
    _tables[table.service_name] = table
    contents = dict(table)
    table.clear()
    # moto: some tables carry more, such as the bucket names of all accounts on S3's.
    extra = {
        name: dict(value)
        for name, value in vars(table).items()
        if name not in _OWN and isinstance(value, dict)
    }
    for name in extra:
        getattr(table, name).clear()
    return table.service_name, contents, extra


_tables: dict[str, BackendDict[Any]] = {}


def _backend_table(service: str, contents: dict[str, Any]) -> BackendDict[Any]:
    """moto's table of a service's backends; it lives as long as the process.

    A lab that was read from a file may have contents for a table that this process has not used.
    """
    if service not in _tables:
        backend = next(each for regions in contents.values() for each in regions.values())
        modules = [sys.modules[each.__module__] for each in type(backend).__mro__]
        _tables[service] = next(
            value
            for module in modules
            for value in vars(module).values()
            if isinstance(value, BackendDict) and value.service_name == service
        )
    return _tables[service]


_wall_clock = utils.utcnow


def _now() -> datetime:
    """What moto takes for the time: that of the lab in its tables, the wall clock's without one."""
    return MotoState.current.utcnow() if MotoState.current is not None else _wall_clock()


def _give_virtual_time() -> None:
    # moto: reads the wall clock by one function that its modules import by name; those that are
    # loaded later find ours in its place.
    for module in list(sys.modules.values()):
        if module.__name__.startswith("moto.") and vars(module).get("utcnow") is _wall_clock:
            vars(module)["utcnow"] = _now


_give_virtual_time()
