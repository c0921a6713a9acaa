"""What ECS checks and adds when a task definition is registered.

The rules are small functions in `rules/`; here they are listed, and `validate` goes through the
lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ecs_lab.engine.errors import EcsError
from ecs_lab.engine.rules import (
    containers,
    environment,
    fargate,
    launch_types,
    logs,
    network,
    relations,
    task,
    volumes,
)
from ecs_lab.engine.rules.capabilities import required_attributes
from ecs_lab.engine.rules.defaults import filled_in
from ecs_lab.engine.rules.draft import Draft, Rule

RULES: Final[tuple[Rule, ...]] = (
    task.family_name,
    task.launch_types,
    task.modes,
    task.runtime_platform,
    task.windows_network_mode,
    task.task_size,
    task.inference_accelerators,
    containers.count,
    containers.names,
    containers.images,
    containers.some_essential,
    containers.memory_given,
    containers.memory_amounts,
    containers.memory_within_task,
    containers.cpu_within_task,
    containers.health_checks,
    containers.ulimits,
    containers.restart_policies,
    environment.secret_names,
    environment.secret_sources,
    environment.secrets_need_a_role,
    environment.environment_files,
    relations.dependencies,
    relations.no_dependency_cycle,
    relations.links,
    relations.volumes_from,
    network.settings_of_awsvpc,
    network.no_ports_in_mode_none,
    network.port_numbers,
    network.port_ranges,
    network.host_ports_match,
    network.host_ports_free,
    network.container_ports_free,
    network.port_names,
    network.app_protocols,
    volumes.names,
    volumes.one_configuration,
    volumes.source_paths,
    volumes.mount_points,
    volumes.efs,
    volumes.s3_files,
    logs.awslogs_options,
    logs.firelens,
    task.placement_constraints,
    task.proxy,
    task.ephemeral_storage,
    task.document_size,
)

# In the order in which AWS lists compatibilities.
LAUNCH_TYPE_RULES: Final[Mapping[str, tuple[Rule, ...]]] = {
    "EXTERNAL": (launch_types.external, launch_types.no_trusted_execution),
    "EC2": (launch_types.ec2, launch_types.no_trusted_execution),
    "FARGATE": (
        fargate.network_mode,
        fargate.size,
        fargate.operating_system,
        fargate.log_drivers,
        fargate.execution_role,
        fargate.namespaces,
        fargate.placement,
        fargate.volumes,
        fargate.container_settings,
        fargate.gpus,
        fargate.timeouts,
        launch_types.no_trusted_execution,
    ),
    "MANAGED_INSTANCES": (launch_types.managed_instances,),
}


def validate(request: Mapping[str, Any]) -> None:
    """Raise ClientException with AWS's message when the request breaks a rule; changes nothing.

    `request` is RegisterTaskDefinition's, as boto3 takes it; its types and required members have
    been checked. Rules of a launch type count when requiresCompatibilities names it. The first
    broken rule is told.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
    """
    draft = Draft(request)
    for rule in RULES:
        rule(draft)
    for launch_type in draft.required:
        _check(draft, launch_type)
    if not compatibilities(draft):
        _check(draft, "EC2")


def _check(draft: Draft, launch_type: str) -> None:
    for rule in LAUNCH_TYPE_RULES[launch_type]:
        rule(draft)


def compatibilities(draft: Draft) -> list[str]:
    """The launch types whose rules the draft keeps, such as ["EXTERNAL", "EC2"]."""
    return [each for each in LAUNCH_TYPE_RULES if _keeps(draft, each)]


def _keeps(draft: Draft, launch_type: str) -> bool:
    try:
        _check(draft, launch_type)
    except EcsError:
        return False
    return True


def with_defaults(request: Mapping[str, Any]) -> dict[str, Any]:
    """The task definition as DescribeTaskDefinition would show it; `request` stays as it is.

    A new dict, with the defaults, `compatibilities` and `requiresAttributes`, and without tags:
    they belong to the resource.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html

    >>> web = {"name": "web", "image": "nginx", "memory": 128}
    >>> document = with_defaults({"family": "web", "containerDefinitions": [web]})
    >>> document["networkMode"], document["compatibilities"]
    ('bridge', ['EXTERNAL', 'EC2'])
    """
    document = filled_in({key: value for key, value in request.items() if key != "tags"})
    draft = Draft(document)
    document["compatibilities"] = compatibilities(draft)
    document["requiresAttributes"] = required_attributes(draft)
    return document
