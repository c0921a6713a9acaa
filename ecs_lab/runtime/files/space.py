"""How much may be written: room that several file systems can share."""

from __future__ import annotations

import errno
from dataclasses import dataclass

from ecs_lab.runtime.files.errors import failure

IN_MEMORY_BYTES = 256 << 20
"""What the lab itself can keep of files; a real disk of this size would be a small one."""


@dataclass(slots=True)
class Space:
    """Room for bytes; without a limit it only counts them."""

    limit_bytes: int | None = None
    used_bytes: int = 0

    @property
    def free_bytes(self) -> int | None:
        """What is left, or None without a limit."""
        return None if self.limit_bytes is None else max(self.limit_bytes - self.used_bytes, 0)

    def take(self, count: int) -> None:
        """Use so many bytes more; raises OSError (ENOSPC) where they are not there."""
        if self.limit_bytes is not None and self.used_bytes + count > self.limit_bytes:
            raise failure(errno.ENOSPC)
        self.used_bytes += count

    def give_back(self, count: int) -> None:
        """Use so many bytes less."""
        self.used_bytes -= count
