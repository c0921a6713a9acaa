"""A lab that behaves like Amazon ECS, to learn it, practise it and be checked on it.

    >>> from ecs_lab import Lab
    >>> lab = Lab()
    >>> lab.client("ecs").list_clusters()["clusterArns"]
    []
    >>> lab.close()

Names are looked up when they are first used, so that `import ecs_lab` loads neither moto nor boto3.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ecs_lab.desk import Lab, expect_error, show

__version__ = "0.1.0"

__all__ = ["Lab", "__version__", "expect_error", "show"]

# name -> module that has it
_FACE = {
    "Lab": "ecs_lab.desk",
    "expect_error": "ecs_lab.desk",
    "show": "ecs_lab.desk",
}


def __getattr__(name: str) -> Any:
    if name not in _FACE:
        raise AttributeError(f"module 'ecs_lab' has no attribute {name!r}")
    value = getattr(import_module(_FACE[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
