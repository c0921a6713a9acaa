"""The calls that only the ECS agent makes, and the one that updates it.

The lab's agents report to the engine directly (`container_instances.py` registers them), so a
report from outside would be about containers that nobody runs.
"""

from __future__ import annotations

from ecs_lab.engine.api import container_instances
from ecs_lab.engine.api.registry import NOT_SIMULATED, Answer, Request, operation
from ecs_lab.engine.errors import (
    InvalidParameterException,
    MissingVersionException,
    NoUpdateAvailableException,
)
from ecs_lab.engine.state import State


@operation("DiscoverPollEndpoint")
def discover_poll_endpoint(state: State, request: Request) -> Answer:
    """Say where an agent polls for work; nothing answers there in the lab.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DiscoverPollEndpoint.html
    """
    hosts = {"endpoint": "ecs-a-1", "telemetryEndpoint": "ecs-t-1"}
    answer = {key: f"https://{host}.{state.region}.amazonaws.com/" for key, host in hosts.items()}
    return {**answer, "serviceConnectEndpoint": f"https://ecs-sc.{state.region}.api.aws"}


NOT_SIMULATED.update(
    dict.fromkeys(
        ("SubmitTaskStateChange", "SubmitContainerStateChange", "SubmitAttachmentStateChanges"),
        "Only the ECS agent makes this call, and the lab's agents report without it: run or stop "
        "tasks to see their states change.",
    )
)


@operation("UpdateContainerAgent")
def update_container_agent(state: State, request: Request) -> Answer:
    """Refuse to update an agent: the lab's agents have the newest version from the start, and
    those of external instances are not updated this way (ecs-anywhere.html).

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateContainerAgent.html
    """
    cluster = state.cluster(request.get("cluster"))
    instance = container_instances.find(cluster, request["containerInstance"], state)
    if instance is None:
        raise InvalidParameterException("The referenced container instance was not found.")
    if instance.launch_type == "EXTERNAL":
        raise InvalidParameterException(
            "UpdateContainerAgent is not supported for external instances: update the agent on the "
            "server itself."
        )
    if not instance.version_info.get("agentVersion"):
        raise MissingVersionException(
            "Amazon ECS is unable to determine the current version of the Amazon ECS container "
            "agent on the container instance and does not have enough information to proceed "
            "with an update."
        )
    raise NoUpdateAvailableException(
        "There is no update available for this Amazon ECS container agent: it already runs the "
        "latest version."
    )
