"""A small POSIX shell over what a container sees; see docs/adr/0092-a-small-shell.md."""

from ecs_lab.runtime.shell.asked import Result, run
from ecs_lab.runtime.shell.machine import NeverEndsError, Shell, Unknown
from ecs_lab.runtime.shell.words import ShellSyntaxError

__all__ = ["NeverEndsError", "Result", "Shell", "ShellSyntaxError", "Unknown", "run"]
