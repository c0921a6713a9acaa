"""Reading a snapshot: AWS's shapes in, the few words that a picture needs out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

Record = Mapping[str, Any]


def last_part(arn: str) -> str:
    """What stands after the last slash of an ARN: a role's name, a task's id."""
    return arn.rsplit("/", 1)[-1]


def short_id(identifier: str) -> str:
    """An id as short as the console shows it in lists: the first eight characters of a task's id.

    >>> short_id("arn:aws:ecs:us-east-1:123456789012:task/shop/4f1c9a2b7d3e4c5fa6b7c8d9e0f1a2b3")
    '4f1c9a2b'
    """
    return last_part(identifier)[:8]


def name_tag(record: Record) -> str:
    """The value of an EC2 resource's Name tag, or an empty text."""
    return next((t["Value"] for t in record.get("Tags") or [] if t["Key"] == "Name"), "")


def revision(task_definition: str) -> str:
    """A task definition's family:revision, from its ARN or from that text itself."""
    return last_part(task_definition)


def task_key(task: Record) -> str:
    """The key of a task in every picture."""
    return f"task:{last_part(task['taskArn'])}"


def service_of(task: Record) -> str:
    """The name of the service that runs this task, or an empty text for a task without one.

    ECS sets a service's tasks to group "service:NAME"
    (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html).
    """
    group = task.get("group") or ""
    return group.removeprefix("service:") if group.startswith("service:") else ""


def eni_detail(task: Record, name: str) -> str:
    """One value of the task's network interface (subnetId, say), or an empty text."""
    for attachment in task.get("attachments") or []:
        if attachment.get("type") == "ElasticNetworkInterface":
            for detail in attachment.get("details") or []:
                if detail.get("name") == name:
                    return str(detail.get("value", ""))
    return ""


def ports(task: Record) -> str:
    """The host ports of a task in bridge or host mode, as "32768 to 80"."""
    said = [f"{b['hostPort']} to {b['containerPort']}" for b in _bindings(task)]
    return f"port {', '.join(dict.fromkeys(said))}" if said else ""


def host_ports(task: Record) -> list[int]:
    """The ports of its instance on which a task in bridge or host mode listens."""
    return [int(each["hostPort"]) for each in _bindings(task)]


def _bindings(task: Record) -> list[Record]:
    every = [b for c in task.get("containers") or [] for b in c.get("networkBindings") or []]
    return [each for each in every if "hostPort" in each]


def why_stopped(task: Record) -> str:
    """A stopped task's stoppedReason, and which container's end was the reason, if one's was."""
    reason = task.get("stoppedReason") or task.get("stopCode") or "no reason given"
    ended = "Essential container" in reason
    codes = [c for c in task.get("containers") or [] if ended and c.get("exitCode")]
    return f"{reason} ({codes[0]['name']} exited with {codes[0]['exitCode']})" if codes else reason


def free_resources(instance: Record) -> str:
    """What a container instance has left for tasks, as "free: 1536 CPU units, 3300 MiB"."""
    left = {r["name"]: r.get("integerValue") for r in instance.get("remainingResources") or []}
    if left.get("CPU") is None or left.get("MEMORY") is None:
        return ""
    return f"free: {left['CPU']} CPU, {left['MEMORY']} MiB"


def by_state(tasks: Iterable[Record]) -> str:
    """How many tasks are in which state, the largest number first: "335 RUNNING, 5 PENDING"."""
    return counted(task["lastStatus"] for task in tasks)


def counted(words: Iterable[str]) -> str:
    """Each word with its number, the largest number first, ties in alphabetical order."""
    ordered = sorted(Counter(words).items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{number:,} {word}" for word, number in ordered)
