"""`ecs-lab serve` started for real: a process of its own on a free port, and clients of it."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ecs_lab.aws.transport import session_to

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SPEED = 600
START_S = 60


@dataclass
class Served:
    """A running `ecs-lab serve`: its address, what it printed, and the settings it asks for."""

    process: subprocess.Popen[str]
    url: str
    printed: list[str]
    settings: dict[str, str] = field(default_factory=dict)

    def environment(self, **more: str) -> dict[str, str]:
        """This process's environment without its AWS settings, with the lab's."""
        mine = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
        return {**mine, **self.settings, "AWS_EC2_METADATA_DISABLED": "true", **more}

    def client(self, service: str) -> Any:
        """A boto3 client of this process.

        Its requests are sent by `_send`, because a lab that was opened in this process keeps
        boto3 from sending anything (ecs_lab.aws.guard). Its waiters do not wait.
        """
        session = session_to(_send, self.settings["AWS_REGION"])
        return session.client(service, endpoint_url=self.url)  # type: ignore[call-overload] # any service's name

    def python(self, code: str) -> str:
        """What a Python process prints that has the lab's settings in its environment."""
        command = [sys.executable, "-c", code]
        done = subprocess.run(
            command, env=self.environment(), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def stop(self) -> tuple[int, str]:
        """Press Ctrl-C; the exit code, and what was printed after the start."""
        self.process.send_signal(signal.SIGINT)
        rest, _ = self.process.communicate(timeout=START_S)
        return self.process.returncode, rest


def _send(
    method: str, url: str, headers: dict[str, str], body: bytes
) -> tuple[int, dict[str, str], bytes]:
    address = urlsplit(url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=START_S)
    target = f"{address.path}?{address.query}" if address.query else address.path
    connection.request(method, target, body, headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, dict(answer.getheaders()), content


@contextmanager
def serving(*words: str | Path, speed: float = SPEED) -> Iterator[Served]:
    """`ecs-lab serve` on a free port, ended afterwards whatever happens."""
    command = [sys.executable, "-m", "ecs_lab", "serve", "--port", "0", "--speed", str(speed)]
    process = subprocess.Popen(
        [*command, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        yield _started(process)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _started(process: subprocess.Popen[str]) -> Served:
    assert process.stdout is not None
    printed = []
    for line in process.stdout:
        printed.append(line.rstrip("\n"))
        if line.startswith("Ctrl-C stops"):
            break
    settings = dict(re.findall(r"^  export (\w+)=(\S+)$", "\n".join(printed), re.MULTILINE))
    assert "AWS_ENDPOINT_URL" in settings, "\n".join(printed)
    return Served(process, settings["AWS_ENDPOINT_URL"], printed, settings)
