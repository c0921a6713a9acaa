"""File systems in memory: `Disk` is one of them, `Files` what a container sees of several.

Nothing here touches the computer's own files. See docs/adr/0096.
"""

from ecs_lab.runtime.files.disk import Disk, Identity
from ecs_lab.runtime.files.space import Space
from ecs_lab.runtime.files.view import Files, Mount

__all__ = ["Disk", "Files", "Identity", "Mount", "Space"]
