"""Registering task definitions: each rule is broken alone, and its nearest neighbour passes."""

from __future__ import annotations

import re
from copy import deepcopy

import pytest
from task_definition_container_cases import CONTAINERS
from task_definition_launch_type_cases import LAUNCH_TYPES
from task_definition_network_cases import NETWORK
from task_definition_requests import Case, container, ec2, fargate, logs
from task_definition_whole_cases import WHOLE

from ecs_lab.engine.errors import ClientException
from ecs_lab.engine.fargate_sizes import SIZES
from ecs_lab.engine.rules.messages import messages
from ecs_lab.engine.task_definition_rules import validate

CASES = [*WHOLE, *CONTAINERS, *NETWORK, *LAUNCH_TYPES]
ALL_CASES = pytest.mark.parametrize("case", CASES, ids=[each.name for each in CASES])


@ALL_CASES
def test_a_broken_rule_is_told_in_awss_words(case: Case) -> None:
    """The request is refused with ClientException and exactly this message, and is not changed."""
    before = deepcopy(case.broken)
    with pytest.raises(ClientException) as refused:
        validate(case.broken)
    assert (refused.value.code, refused.value.message) == ("ClientException", case.message)
    assert case.broken == before


@ALL_CASES
def test_the_nearest_request_that_keeps_the_rule_passes(case: Case) -> None:
    """What differs from the broken request only in the rule is accepted."""
    validate(case.good)


def test_every_message_of_the_table_is_shown_by_a_case() -> None:
    """No text stands in the table that no rule gives."""
    shown = [each.message for each in CASES]
    unseen = [
        key
        for key, message in messages().items()
        if not any(re.fullmatch(_pattern(message.text), text) for text in shown)
    ]
    assert unseen == []


def _pattern(text: str) -> str:
    return ".*".join(re.escape(part) for part in re.split(r"\{\w+\}", text))


def test_every_message_says_whose_words_it_is_and_where_they_stand() -> None:
    """Each message has one of three grades and an address; our own words lean on an AWS page."""
    for key, message in messages().items():
        assert message.grade in ("documented", "field", "ours"), key
        assert message.source.startswith("https://"), key
        if message.grade != "field":
            assert message.source.startswith("https://docs.aws.amazon.com/"), key


@pytest.mark.parametrize(
    ("cpu_units", "memory_mib"),
    [(size.cpu_units, memory_mib) for size in SIZES for memory_mib in size.memory_mib],
)
def test_all_77_fargate_sizes_register_and_their_neighbours_do_not(
    cpu_units: int, memory_mib: int
) -> None:
    """A size of the table is accepted in units; 1 MiB more is refused."""
    validate(fargate(cpu=str(cpu_units), memory=str(memory_mib)))
    with pytest.raises(ClientException, match="No Fargate configuration exists"):
        validate(fargate(cpu=str(cpu_units), memory=str(memory_mib + 1)))


def test_a_custom_log_driver_registers_for_ec2() -> None:
    """AWS leaves it to the container agent to know the driver."""
    validate(ec2(container(logConfiguration=logs("loki"))))


def test_the_same_environment_variable_twice_registers() -> None:
    """AWS accepts it, unlike two secrets of one name."""
    validate(ec2(container(environment=[{"name": "A", "value": "1"}, {"name": "A", "value": "2"}])))
