"""What tasks mount, and the files that their containers see.

In reading order: `volumes` (`World.volumes`, which the rest of the lab asks), `hosts` (folders and
Docker volumes of EC2 instances), `efs` and `efs_access` (Amazon EFS), `efs_backend` (moto's EFS,
mended).
"""

from ecs_lab.aws.volumes import efs_backend
from ecs_lab.aws.volumes.volumes import Volumes

efs_backend.install()

__all__ = ["Volumes"]
