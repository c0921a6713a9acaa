"""The addresses that only containers reach: the agent's (or Fargate's) 169.254.170.2 and the
instance's 169.254.169.254.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.aws.containers import instance_metadata, protection
from ecs_lab.aws.containers.agent_environment import AGENT, docker_id, endpoint_id
from ecs_lab.aws.containers.credentials import PATH, TaskCredentials
from ecs_lab.aws.containers.metadata import container_metadata, task_metadata
from ecs_lab.aws.containers.replies import json_reply, text_reply
from ecs_lab.aws.containers.stats import container_stats
from ecs_lab.engine.model import Container, Task
from ecs_lab.runtime.messages import Request, Response

if TYPE_CHECKING:
    from ecs_lab.aws.containers.running import Containers
    from ecs_lab.aws.world import World

INSTANCE = "169.254.169.254"
HOSTS = (AGENT, INSTANCE)


def answer(
    world: World,
    containers: Containers,
    credentials: TaskCredentials,
    task: Task,
    host: str,
    request: Request,
) -> Response | None:
    """What a task's container gets there; None where nothing answers."""
    if host == INSTANCE:
        instance = instance_metadata.instance_of(world, task)
        if instance is None:
            return None
        return instance_metadata.answer(world, credentials, instance, task, request)
    if task.launch_type == "EXTERNAL" and task.container_instance is None:
        return None
    path = request.path.partition("?")[0]
    if path.startswith(PATH.rstrip("/")):
        return credentials.answer(task, path.removeprefix(PATH.rstrip("/")).strip("/"))
    kind, _, rest = path.lstrip("/").partition("/")
    endpoint, _, what = rest.partition("/")
    container = next(
        (each for each in task.containers if endpoint_id(task, each) == endpoint), None
    )
    if container is None:
        known = kind in ("v3", "v4", "api")
        return text_reply(f"{kind.upper()} container not found" if known else "", 404)
    if kind == "api" and what == "task-protection/v1/state":
        return protection.answer(world, credentials, task, request)
    if kind in ("v3", "v4"):
        return _metadata(containers, task, container, int(kind[1]), what)
    return text_reply("404 page not found", 404)


def _metadata(
    containers: Containers, task: Task, container: Container, version: int, what: str
) -> Response:
    now_s = containers.now()
    if what == "":
        return json_reply(container_metadata(task, container, version))
    if what == "task" or (what == "taskWithTags" and task.launch_type != "FARGATE"):
        return json_reply(task_metadata(task, now_s, version, tags=what == "taskWithTags"))
    if what == "stats":
        inside = containers.inside(container)
        return json_reply(container_stats(task, container, inside, now_s) if inside else None)
    if what == "task/stats":
        found = {}
        for each in task.containers:
            inside = containers.inside(each)
            key = each.runtime_id if task.launch_type == "FARGATE" else docker_id(each)
            found[key] = container_stats(task, each, inside, now_s) if inside else None
        return json_reply(found)
    return text_reply("404 page not found", 404)
