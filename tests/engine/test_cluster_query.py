"""The cluster query language: what expressions select, and what is said of those that are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from town import Town

from ecs_lab.engine.cluster_query import (
    EQUALITY,
    LISTS,
    ORDER,
    PATTERNS,
    PRESENCE,
    Comparison,
    Conjunction,
    Disjunction,
    Expression,
    Not,
)
from ecs_lab.engine.cluster_query_parser import QueryError, parse
from ecs_lab.engine.errors import ClientException, InvalidParameterException

if TYPE_CHECKING:
    from ecs_lab.engine.model import ContainerInstance

FLEET: list[tuple[str, dict[str, str | None], str]] = [
    ("a", {"ecs.instance-type": "g2.2xlarge", "stack": "prod", "disk": "9"}, "1.14.4"),
    ("b", {"ecs.instance-type": "t2.small", "stack": "test", "disk": "10"}, "1.14.5"),
    ("d", {"ecs.instance-type": "g2.8xlarge", "flag": None}, "1.90.0"),
]
"""Three instances: zone, further attributes, version of the agent."""


@pytest.fixture
def fleet(town: Town) -> Town:
    """The three instances, registered one day after the other from 1970-01-12T13:46:40Z on."""
    return with_fleet(town)


def with_fleet(town: Town) -> Town:
    """The town with the three instances in it."""
    for zone, attributes, version in FLEET:
        arn = town.instance(zone)
        instance = town.ecs.state.clusters["shop"].container_instances[arn.rpartition("/")[2]]
        instance.attributes |= attributes
        instance.version_info = {"agentVersion": version}
        instance.ec2_instance_id = f"i-{zone}"
        town.clock.advance(86_400)
    return town


def selected(town: Town, expression: str) -> str:
    """The zones of the instances that ListContainerInstances gives for a filter."""
    arns = town.call("ListContainerInstances", cluster="shop", filter=expression)[
        "containerInstanceArns"
    ]
    return "".join(instance.zone[-1] for instance in instances(town) if instance.arn in arns)


def instances(town: Town) -> list[ContainerInstance]:
    """The container instances of `shop`."""
    return list(town.ecs.state.clusters["shop"].container_instances.values())


@pytest.mark.parametrize(
    ("expression", "zones"),
    [
        ("attribute:ecs.instance-type == t2.small", "b"),
        ("attribute:ecs.availability-zone in [us-east-1a, us-east-1b]", "ab"),
        (
            "attribute:ecs.instance-type =~ g2.* and attribute:ecs.availability-zone != us-east-1d",
            "a",
        ),
        ("agentVersion < 1.14.5", "a"),
        ("registeredAt < 1970-01-14", "ab"),
        ("ec2InstanceId in ['i-a', 'i-d']", "ad"),
        ("attribute:stack == prod", "a"),
        ("attribute:stack != prod", "b"),
        ("runningTasksCount == 0", "abd"),
    ],
)
def test_aws_examples_select_what_aws_says(fleet: Town, expression: str, zones: str) -> None:
    """The examples of AWS's page, on three instances."""
    assert selected(fleet, expression) == zones


@pytest.mark.parametrize(
    ("short", "long", "zones"),
    [
        ("attribute:stack == prod", "attribute:stack equals prod", "a"),
        ("attribute:stack != prod", "attribute:stack not_equals prod", "b"),
        ("agentVersion > 1.14.5", "agentVersion greater_than 1.14.5", "d"),
        ("agentVersion >= 1.14.5", "agentVersion greater_than_equal 1.14.5", "bd"),
        ("agentVersion < 1.14.5", "agentVersion less_than 1.14.5", "a"),
        ("agentVersion <= 1.14.5", "agentVersion less_than_equal 1.14.5", "ab"),
        ("attribute:stack !exists", "attribute:stack not_exists", "d"),
        ("attribute:flag exists", "attribute:flag exists", "d"),
        ("attribute:stack !in [prod,x]", "attribute:stack not_in [prod, x]", "b"),
        ("ec2InstanceId =~ i-[ab]", "ec2InstanceId matches i-[ab]", "ab"),
        ("ec2InstanceId !~ i-[ab]", "ec2InstanceId not_matches i-[ab]", "d"),
        ("!attribute:stack exists", "not(attribute:stack exists)", "d"),
        (
            "attribute:stack==prod||agentVersion>1.50&&agentConnected==true",
            "attribute:stack == prod or (agentVersion > 1.50 and agentConnected == true)",
            "ad",
        ),
    ],
)
def test_short_and_long_forms_mean_the_same(fleet: Town, short: str, long: str, zones: str) -> None:
    """Each operator has a sign and a word."""
    assert selected(fleet, short) == selected(fleet, long) == zones


@pytest.mark.parametrize(
    ("expression", "zones"),
    [
        ("attribute:stack == prod or attribute:stack == test and agentVersion > 9", "a"),
        ("(attribute:stack == prod or attribute:stack == test) and agentVersion > 9", ""),
        ("not attribute:stack == prod and agentVersion < 1.50", "b"),
        ("not(attribute:stack == prod and agentVersion < 1.50)", "bd"),
        ("attribute:disk > 9", "b"),
        ("attribute:ecs.instance-type =~ g2", ""),
        ('attribute:ecs.instance-type =~ "(g2|t2)[.].+"', "abd"),
        ("registeredAt == 1970-01-12T13:46:40", "a"),
        ("registeredAt == 1970-01-12T15:46:40+02:00", "a"),
        ("registeredAt >= 1970-01-13T13:46:40Z", "bd"),
    ],
)
def test_precedence_patterns_and_dates(fleet: Town, expression: str, zones: str) -> None:
    """`and` binds closer than `or`, `not` closest; patterns fit the whole value; dates are UTC."""
    assert selected(fleet, expression) == zones


def test_task_group_counts_tasks_that_are_to_run(town: Town) -> None:
    """An instance is in a task group as long as a task of the group there is not told to stop."""
    town.instance("a")
    town.define()
    task = town.call("RunTask", cluster="shop", taskDefinition="web", group="databases")["tasks"][0]
    assert selected(town, "task:group == databases") == "a"
    assert selected(town, "task:group exists") == "a"
    assert selected(town, "not(task:group == databases)") == ""
    town.call("StopTask", cluster="shop", task=task["taskArn"])
    assert selected(town, "task:group == databases") == ""
    assert selected(town, "task:group != databases") == "a"


def test_running_tasks_count_counts_running_tasks(town: Town) -> None:
    """A task counts for runningTasksCount once it is RUNNING."""
    town.instance("a")
    town.define()
    town.call("RunTask", cluster="shop", taskDefinition="web")
    assert selected(town, "runningTasksCount < 1") == "a"
    town.clock.settle(60)
    assert selected(town, "runningTasksCount == 1") == "a"


def test_disconnected_agents_are_found(fleet: Town) -> None:
    """agentConnected is true or false."""
    instances(fleet)[1].agent_connected = False
    assert selected(fleet, "agentConnected == false") == "b"
    assert selected(fleet, "agentConnected in [true]") == "ad"


@pytest.mark.parametrize(
    ("expression", "character", "problem"),
    [
        ("attribute:a = b", 13, "expected an operator such as == or =~, found '='"),
        ("foo == 1", 1, "'foo' is no subject; use one of attribute:NAME, agentConnected"),
        ("runningTasksCount =~ 3", 19, "'=~' is no operator of runningTasksCount; use one of =="),
        ("runningTasksCount == x", 22, "expected a whole number such as 1"),
        ("agentVersion > new", 16, "expected a version such as 1.14.5"),
        ("registeredAt > yesterday", 16, "expected a date such as 2018-06-18"),
        ("registeredAt > 2018-13-40", 16, "expected a day and a time that exist"),
        ("attribute:a =~ [", 16, "expected a regular expression"),
        ("attribute:a ==", 15, "expected a value, found the end"),
        ("(attribute:a == b", 18, "expected ')', found the end"),
        ("attribute:a == b c", 18, "expected 'and', 'or' or the end, found 'c'"),
        ("attribute:a in b", 16, "expected a list such as [a, b], found 'b'"),
        ("attribute:a in [b", 18, "expected ',' or ']', found the end"),
        ("attribute:a in []", 17, "expected a value, found ']'"),
        ("attribute:a == 'b", 16, "a quotation mark that is not closed"),
        ("attribute:a =~ (m|c)5", 16, "expected a value, found '('"),
        ("not", 4, "expected a subject like attribute:NAME, found the end"),
        ("!" * 60, 51, "more than 50 parentheses or negations"),
        ("attribute:a == " + "b" * 2000, 2001, "expressions have at most 2000 characters"),
    ],
)
def test_errors_name_the_place(fleet: Town, expression: str, character: int, problem: str) -> None:
    """What is no expression is refused with the number of the character and what belongs there."""
    with pytest.raises(InvalidParameterException) as refusal:
        selected(fleet, expression)
    assert f"at character {character}, near" in refusal.value.message
    assert problem in refusal.value.message


def test_task_definition_with_a_wrong_expression_is_not_registered(town: Town) -> None:
    """RegisterTaskDefinition reads the expressions of its placement constraints."""
    wrong = [{"type": "memberOf", "expression": "attribute:stack is prod"}]
    with pytest.raises(ClientException, match="at character 17"):
        town.define(placementConstraints=wrong)
    assert town.call("ListTaskDefinitions")["taskDefinitionArns"] == []


def test_expression_is_read_once() -> None:
    """The same text is the same expression, not read again."""
    assert parse("attribute:once == yes") is parse("attribute:once == yes")


TEXTS = st.text(st.sampled_from("abg2.-_:/ []()*|,"), max_size=6)
NUMBERS = st.integers(0, 3).map(str)


def comparisons() -> st.SearchStrategy[Expression]:
    """Comparisons of every subject with each of its operators."""
    attribute = st.sampled_from(["attribute:stack", "attribute:flag", "attribute:disk"])
    texts = [
        st.builds(Comparison, attribute, st.sampled_from(EQUALITY + ORDER), st.tuples(TEXTS)),
        st.builds(Comparison, attribute, st.sampled_from(PRESENCE)),
        st.builds(
            Comparison,
            st.sampled_from(["attribute:stack", "ec2InstanceId", "task:group", "agentConnected"]),
            st.sampled_from(LISTS),
            st.lists(TEXTS, min_size=1, max_size=3).map(tuple),
        ),
        st.builds(
            Comparison,
            st.sampled_from(["attribute:ecs.instance-type", "ec2InstanceId"]),
            st.sampled_from(PATTERNS),
            st.tuples(st.sampled_from(["g2.*", "i-(a|b)", "t2[.]small", '"?.*'])),
        ),
    ]
    numbers: list[st.SearchStrategy[Any]] = [
        st.builds(
            Comparison,
            st.sampled_from(["runningTasksCount", "agentVersion"]),
            st.sampled_from(EQUALITY + ORDER),
            st.tuples(NUMBERS),
        ),
        st.builds(
            Comparison,
            st.just("registeredAt"),
            st.sampled_from(ORDER),
            st.tuples(st.sampled_from(["1970-01-13", "1970-01-14T00:00:00Z"])),
        ),
    ]
    return st.one_of(*texts, *numbers)


def trees() -> st.SearchStrategy[Expression]:
    """Expressions of a few comparisons."""

    def grown(part: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
        some = st.lists(part, min_size=2, max_size=3).map(tuple)
        return st.one_of(
            st.builds(Not, part), st.builds(Conjunction, some), st.builds(Disjunction, some)
        )

    return st.recursive(comparisons(), grown, max_leaves=6)


WATCHED = with_fleet(Town())


@given(trees())
@settings(max_examples=200, deadline=None)
def test_printed_expression_reads_as_the_same(tree: Expression) -> None:
    """Printing an expression and reading it again gives an expression that selects the same."""
    again = parse(str(tree))
    assert str(again) == str(tree)
    for instance in instances(WATCHED):
        assert again.matches(instance) == tree.matches(instance)


@given(st.text(st.sampled_from("attribute:sk =~!<>()[]',&|notadri1\t"), max_size=40))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text makes the reader fail in another way than by a QueryError within the text."""
    place = 1
    try:
        parse(text)
    except QueryError as error:
        place = error.position
    assert 1 <= place <= len(text) + 1
