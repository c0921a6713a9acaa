"""A lab whose time follows the wall clock, and which any number of threads may ask."""

from __future__ import annotations

import threading
import time
from typing import Any

from ecs_lab.worlds import World

TICK_S = 0.25
"""How often, in seconds of the wall clock, the lab is moved on while nobody asks it anything."""


class LiveWorld:
    """A world that runs `speed` times as fast as the wall clock.

    Before each request the time that went by since the last one passes in the lab, and a thread
    lets it pass where nobody asks. One lock stands around it all: each request sees a lab that
    nobody else is changing.
    """

    def __init__(self, world: World, speed: float) -> None:
        self.world = world
        self.speed = speed
        self._lock = threading.Lock()
        self._seen_s = time.monotonic()
        self._stopped = threading.Event()
        self._ticker = threading.Thread(target=self._tick, name="ecs-lab-clock", daemon=True)

    def start(self) -> None:
        """Let time run from now on."""
        self._seen_s = time.monotonic()
        self._ticker.start()

    def stop(self) -> None:
        """Let time stand still; afterwards the world is the caller's alone."""
        self._stopped.set()
        self._ticker.join()

    def handle(
        self, method: str, url: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Answer one request to an AWS API, at the time that it is."""
        with self._lock:
            self._catch_up()
            return self.world.handle(method, url, headers, body, quiet=True)

    def send(
        self, method: str, url: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes, float, list[list[str]]]:
        """Send an HTTP request from the internet inside the lab; raises UnreachableError."""
        with self._lock:
            self._catch_up()
            return self.world.send({}, method, url, headers, body)

    def snapshot(self) -> dict[str, Any]:
        """All there is in the lab, at the time that it is."""
        with self._lock:
            self._catch_up()
            return self.world.snapshot()

    def _catch_up(self) -> None:
        now_s = time.monotonic()
        passed_s, self._seen_s = now_s - self._seen_s, now_s
        self.world.advance(passed_s * self.speed)

    def _tick(self) -> None:
        while not self._stopped.wait(TICK_S):
            with self._lock:
                self._catch_up()
