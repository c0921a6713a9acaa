"""How the agent understands its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starting import instance
from surroundings import REPOSITORY

from ecs_lab.aws.agent_config import DEFAULT_RESERVED_PORTS, SETTINGS, agent_config

if TYPE_CHECKING:
    from ecs_lab import Lab

HAVE_EFFECT = sorted(name for name, each in SETTINGS.items() if each.has_effect)


def test_defaults() -> None:
    """With no settings the agent reserves its own ports and announces what it can do."""
    config = agent_config({})
    assert (config.cluster, config.reserved_memory_mib) == ("", 0)
    assert config.reserved_ports == (22, 2375, 2376, 51678, 51679)
    assert config.reserved_ports_udp == ()
    assert config.warnings == config.errors == []
    assert {
        "com.amazonaws.ecs.capability.docker-remote-api.1.21",
        "com.amazonaws.ecs.capability.privileged-container",
        "com.amazonaws.ecs.capability.logging-driver.awslogs",
        "com.amazonaws.ecs.capability.logging-driver.awsfirelens",
        "com.amazonaws.ecs.capability.task-iam-role",
        "ecs.capability.task-eni",
        "ecs.capability.execution-role-awslogs",
        "ecs.capability.execution-role-ecr-pull",
        "ecs.capability.container-health-check",
        "ecs.capability.efsAuth",
    } <= set(config.capabilities)
    assert "ecs.capability.task-eni-block-instance-metadata" not in config.capabilities


def test_a_list_of_ports_replaces_the_default_one() -> None:
    """ECS_RESERVED_PORTS is the whole list, not what is added to it; Prometheus adds its own."""
    config = agent_config(
        {
            "ECS_RESERVED_PORTS": "[22, 80]",
            "ECS_RESERVED_PORTS_UDP": "[53]",
            "ECS_ENABLE_PROMETHEUS_METRICS": "true",
        }
    )
    assert config.reserved_ports == (22, 80, 51680)
    assert config.reserved_ports_udp == (53,)


BAD = {
    ("ECS_RESERVED_MEMORY", "abc"): 'parsing "abc": invalid syntax',
    ("ECS_RESERVED_MEMORY", "-1"): "invalid syntax",
    ("ECS_RESERVED_MEMORY", "70000"): "value out of range",
    ("ECS_RESERVED_PORTS", "80"): "cannot unmarshal number into Go value of type []uint16",
    ("ECS_RESERVED_PORTS", "80,443"): "JSON array like [1,2,3]",
    ("ECS_RESERVED_PORTS", "[80"): "unexpected end of JSON input",
    ("ECS_RESERVED_PORTS", '["80"]'): "cannot unmarshal string into Go value of type uint16",
    ("ECS_RESERVED_PORTS", "[70000]"): "cannot unmarshal number 70000",
    ("ECS_ENABLE_TASK_ENI", "yes"): 'parsing "yes": invalid syntax',
    ("ECS_AVAILABLE_LOGGING_DRIVERS", "awslogs"): "invalid character 'a'",
}


@pytest.mark.parametrize(("setting", "message"), BAD.items(), ids=lambda each: str(each))
def test_bad_values_warn_and_fall_back(setting: tuple[str, str], message: str) -> None:
    """As the real agent does, a value that is not understood is reported and the default used."""
    config = agent_config(dict([setting]))
    assert setting[0] in config.warnings[0]
    assert message in config.warnings[0]
    assert config.reserved_memory_mib == 0
    assert config.reserved_ports == DEFAULT_RESERVED_PORTS
    assert config.errors == []


FATAL = {
    ("ECS_INSTANCE_ATTRIBUTES", "{stack:prod}"): "Expected a json hash",
    ("ECS_INSTANCE_ATTRIBUTES", '{"a": 1}'): "cannot unmarshal number into Go value of type string",
    ("ECS_CONTAINER_INSTANCE_TAGS", "[]"): "cannot unmarshal array",
    ("ECS_AVAILABLE_LOGGING_DRIVERS", '["awslog"]'): "Invalid logging drivers: awslog",
}


@pytest.mark.parametrize(("setting", "message"), FATAL.items(), ids=lambda each: str(each))
def test_some_bad_values_keep_the_agent_from_starting(
    setting: tuple[str, str], message: str
) -> None:
    """Attributes, tags and logging drivers that are not understood are fatal."""
    assert message in agent_config(dict([setting])).errors[0]


def test_settings_switch_capabilities() -> None:
    """What a setting turns off is not announced, what it turns on is."""
    config = agent_config(
        {
            "ECS_DISABLE_PRIVILEGED": "true",
            "ECS_ENABLE_TASK_ENI": "false",
            "ECS_AWSVPC_BLOCK_IMDS": "true",
            "ECS_AVAILABLE_LOGGING_DRIVERS": '["json-file","splunk"]',
        }
    )
    drivers = {name for name in config.capabilities if ".logging-driver." in name}
    assert drivers == {
        "com.amazonaws.ecs.capability.logging-driver.json-file",
        "com.amazonaws.ecs.capability.logging-driver.splunk",
        "com.amazonaws.ecs.capability.logging-driver.awsfirelens",
        "ecs.capability.logging-driver.awsfirelens.log-driver-buffer-limit",
    }
    assert "com.amazonaws.ecs.capability.privileged-container" not in config.capabilities
    assert "ecs.capability.task-eni" not in config.capabilities
    assert "ecs.capability.task-eni-block-instance-metadata" in config.capabilities


def test_attributes_and_tags() -> None:
    """Both are JSON objects of texts."""
    config = agent_config(
        {
            "ECS_INSTANCE_ATTRIBUTES": '{"stack": "prod"}',
            "ECS_CONTAINER_INSTANCE_TAGS": '{"team": "web"}',
            "ECS_CONTAINER_INSTANCE_PROPAGATE_TAGS_FROM": "ec2_instance",
        }
    )
    assert (config.attributes, config.tags) == ({"stack": "prod"}, {"team": "web"})
    assert config.takes_ec2_tags


@pytest.mark.parametrize("setting", HAVE_EFFECT)
def test_a_setting_with_an_effect_is_read_somewhere(setting: str) -> None:
    """The table of settings promises no effect that the code does not know of."""
    code = [
        path.read_text("utf-8")
        for path in (REPOSITORY / "ecs_lab" / "aws").glob("agent*")
        if path.name != "agent_settings.csv"
    ]
    assert any(f'"{setting}"' in text for text in code)


def test_a_setting_without_effect_is_named_in_the_agents_log(lab: Lab) -> None:
    """The lab says so, in a line of its own, instead of being silent."""
    instance_id = instance(lab, settings="ECS_IMAGE_CLEANUP_INTERVAL=1h ECS_NO_SUCH=1")
    assert [line for line in lab.agent_log(instance_id) if "ECS_" in line] == [
        (
            "# lab: user data: ECS_IMAGE_CLEANUP_INTERVAL has no effect in the lab: the lab "
            "keeps no stopped containers and no disk full of images"
        ),
        "# lab: user data: the agent knows no setting ECS_NO_SUCH and takes no notice of it",
    ]
