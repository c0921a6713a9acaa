"""How long things take in the lab, in virtual seconds: one table, each row saying whether AWS
documents it.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def typical_durations() -> Mapping[str, float]:
    """Seconds by key, such as `fargate.PENDING`; the table is `data/durations.csv`."""
    table = files("ecs_lab.engine").joinpath("data/durations.csv").read_text(encoding="utf-8")
    return {row["key"]: float(row["seconds"]) for row in csv.DictReader(table.splitlines())}
