"""Importing this makes a process ready to run a learner's file at once.

It loads what a lab needs, and opens and closes one, so that the tables that moto and botocore build
on first use are there. The child processes of `watch` import it, or are forked from one that did.
"""

from __future__ import annotations

import contextlib

from ecs_lab import Lab
from ecs_lab.exercises import catalog, run  # noqa: F401  # run: so that it need not be loaded later

with contextlib.suppress(ImportError):
    import IPython.core.interactiveshell  # noqa: F401  # what a notebook's cells run in

with Lab() as lab:
    for service in ("ecs", "ec2", "iam"):
        lab.client(service)
    lab.copy().close()
catalog.ids()
