"""Rules for log drivers; which there are is told in `fargate` and `launch_types`."""

from __future__ import annotations

from ecs_lab.engine.rules.draft import Draft, log_driver, log_options
from ecs_lab.engine.rules.messages import refuse


def awslogs_options(draft: Draft) -> None:
    """The awslogs driver has to know the Region and the log group.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html
    """
    for container in draft.containers:
        if log_driver(container) == "awslogs":
            needed = ("awslogs-region", "awslogs-group")
            missing = [each for each in needed if not log_options(container).get(each)]
            if missing:
                refuse("awslogs-options", options=", ".join(missing))


def firelens(draft: Draft) -> None:
    """The awsfirelens driver and a container with firelensConfiguration need each other.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_firelens.html
    """
    used = any(log_driver(each) == "awsfirelens" for each in draft.containers)
    router = any(each.get("firelensConfiguration") for each in draft.containers)
    if used and not router:
        refuse("firelens-missing")
    if router and not used:
        refuse("firelens-unused")
