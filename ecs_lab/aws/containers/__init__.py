"""What goes on inside the containers of a lab's tasks, and what they need from AWS.

In reading order: `startup` (what a task needs before it runs), with `callers` (which role asks),
and `known` (what it has found out), `secrets` with `keys`, `environment_files`, `pulls` and
`failures` (AWS's words for what goes wrong); `running` (the programs); `logs` with `awslogs` (where
their output goes).
"""

from ecs_lab.aws.containers.known import Known
from ecs_lab.aws.containers.logs import Logs
from ecs_lab.aws.containers.running import Containers
from ecs_lab.aws.containers.startup import Startup

__all__ = ["Containers", "Known", "Logs", "Startup"]
