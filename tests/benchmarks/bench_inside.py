"""How many requests a second apps in containers answer: straight at the task, and with output.

Run it as a script: `python tests/benchmarks/bench_inside.py`. It asserts nothing.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from insides import on_fargate

from ecs_lab import Lab
from ecs_lab.runtime.messages import Request

REQUESTS = 2000


def quiet(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """The smallest app."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]


def talking(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """One that writes a line for each request, as web servers do."""
    print(environ["REQUEST_METHOD"], environ["PATH_INFO"])
    return quiet(environ, start_response)


def main() -> None:
    """Print the requests a second of each."""
    with Lab() as lab:
        world: Any = lab.world
        for app in (quiet, talking):
            image = lab.registry.push("bench:1", app)
            arn = on_fargate(lab, {"image": image, "portMappings": [{"containerPort": 80}]})
            task = world.ecs.state.clusters["shop"].tasks[arn.rpartition("/")[2]]
            began = time.perf_counter()
            for _ in range(REQUESTS):
                world.containers.answer(task, 80, Request())
            took_s = time.perf_counter() - began
            print(f"{app.__name__:8} {REQUESTS / took_s:8,.0f} requests/s")


if __name__ == "__main__":
    main()
