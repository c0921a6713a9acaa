"""The playground of requests: rules, weights, zones, targets that fail and groups that are shut."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from ecs_lab import playground
from ecs_lab.lab import open_labs
from ecs_lab.playground.entrance import OLD_HOST, Played, build
from ecs_lab.widgets.fields import FieldError
from ecs_lab.widgets.flow import Box, flow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecs_lab.playground.request_paths import RequestPlayground


@pytest.fixture(scope="module")
def opened() -> Iterator[RequestPlayground]:
    """One playground for all tests: building its lab takes a moment."""
    board = playground.request_path()
    yield board
    board.close()


@pytest.fixture
def board(opened: RequestPlayground) -> RequestPlayground:
    """The playground with every field as it begins."""
    opened.set(**{name: field.value for name, field in opened._fields.items()})
    return opened


def played(board: RequestPlayground) -> Played:
    """What came of requests that could be sent."""
    assert isinstance(board.result, Played)
    return board.result


def passed(board: RequestPlayground, kind: str) -> Counter[str]:
    """How many requests passed each hop of a kind, by its name."""
    return Counter(h.name for each in played(board).sent for h in each.hops if h.kind == kind)


def test_the_default_rule_shares_by_weight(board: RequestPlayground) -> None:
    """20 percent of 20 requests are four; 0 and 100 percent are none and all."""
    assert passed(board, "target group") == {"web": 16, "web-new": 4}
    assert board.notice == "20 requests, 16 to web, 4 to web-new: 20 x 200."
    board.set(weight=100)
    assert passed(board, "target group") == {"web-new": 20}
    board.set(weight=0, count=9)
    assert passed(board, "target group") == {"web": 9}
    assert len(passed(board, "task")) == 3


@pytest.mark.parametrize(
    ("values", "rule", "got"),
    [
        ({"path": "/api/orders?page=2"}, "priority 10", "20 to api: 20 x 200."),
        ({"path": "/api"}, "default", "16 to web, 4 to web-new: 20 x 200."),
        ({"path": "/admin"}, "priority 20", ": 20 x 403. The rule answers by itself."),
        ({"host": OLD_HOST}, "priority 30", "20 x 301. The rule sends the client to http://shop."),
        ({"headers": "x-version: new"}, "priority 40", "20 to web-new: 20 x 200."),
        ({"headers": "X-Version: new", "path": "/api/"}, "priority 10", "20 to api: 20 x 200."),
    ],
)
def test_the_first_rule_that_fits_decides(
    board: RequestPlayground, values: dict[str, Any], rule: str, got: str
) -> None:
    """By path, host or header, in the order of the priorities; the default rule is the last."""
    board.set(**values)
    assert passed(board, "rule") == {rule: 20}
    assert got in board.notice


def test_tasks_in_a_zone_that_is_not_enabled_get_nothing(board: RequestPlayground) -> None:
    """Their target is unused, and the reason is told."""
    board.set(zones="2")
    nodes = {h.zone for each in played(board).sent for h in each.hops if h.kind == "load balancer"}
    assert nodes == {"us-east-1a", "us-east-1b"}
    unused = [each for each in played(board).targets if each.state == "unused"]
    assert [(each.group, each.zone) for each in unused] == [("web", "us-east-1c")]
    assert "Target is in an Availability Zone that is not enabled" in board.as_text()


def test_without_cross_zone_a_node_keeps_to_its_zone(board: RequestPlayground) -> None:
    """With it a node asks targets of every zone."""
    zones = [{h.zone for h in each.hops if h.zone} for each in played(board).sent]
    assert max(map(len, zones)) == 2
    board.set(cross_zone=False, weight=0)
    zones = [{h.zone for h in each.hops if h.zone} for each in played(board).sent]
    assert max(map(len, zones)) == 1


def test_a_target_that_fails_is_left_out_once_that_is_noticed(board: RequestPlayground) -> None:
    """At first its share of the answers is 500; after two minutes it is unhealthy and spared."""
    board.set(failing="now", weight=0, count=30)
    assert "30 to web: 20 x 200, 10 x 500." in board.notice
    board.set(failing="noticed")
    assert "30 to web: 30 x 200." in board.notice
    (bad,) = [each for each in played(board).targets if each.state == "unhealthy"]
    assert bad.why == "Health checks failed with these codes: [500]"
    assert len(passed(board, "task")) == 2


def test_shut_security_groups_look_different(board: RequestPlayground) -> None:
    """The tasks' one gives 504 with the rule that is missing, the load balancer's no answer."""
    board.set(closed="tasks")
    assert "20 x 504. No inbound rule of security group" in board.notice
    assert passed(board, "task") == {}
    assert "504, by the load balancer" in board.as_text()
    board.set(closed="web")
    assert "none to a target group: 20 x no answer." in board.notice
    assert "connection timed out." in board.notice
    assert {each.status for each in played(board).sent} == {0}


def test_picture_and_table_tell_the_same_ways(board: RequestPlayground) -> None:
    """An image with title and words, a row for each way, and the hops of the last request."""
    board.set(count=3, path="/api/x")
    html = board.as_html()
    assert 'role="img"' in html
    assert "<caption>The ways of the requests</caption>" in html
    rows = [
        line for line in board.as_text().splitlines() if " | priority 10, path-pattern " in line
    ]
    assert sum(int(row.partition(" ")[0]) for row in rows) == 3
    last = played(board).sent[-1].hops[-1]
    assert f"task | {last.name[:8]} | {last.zone} | api:1, container api" in board.as_text()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("path", "orders", "Path: 'orders' is none: begin with /"),
        ("path", "/a b", "Path: '/a b' is none"),
        ("path", "/a#b", "Path: '/a#b' is none"),
        ("host", "no such host", "Host: 'no such host' is no host name: give one such as old."),
        ("headers", "\nx-version new", "Headers: line 2 is 'x-version new': give name: value"),
        ("headers", "Host: a.example.com", "Headers: the host has a field of its own"),
    ],
)
def test_what_no_client_would_send_is_told(
    board: RequestPlayground, field: str, value: str, sentence: str
) -> None:
    """In a sentence with what to write; nothing is sent, and what was written stays."""
    board.set(**{field: value})
    assert board.notice.startswith(sentence)
    assert sentence in board.as_text()
    assert "Hops" not in board.as_text()
    assert board.values[field] == value


def test_numbers_out_of_range_are_refused(board: RequestPlayground) -> None:
    """And nothing is sent."""
    before = board.result
    with pytest.raises(FieldError, match="Requests: give 1 to 60, not 1000"):
        board.set(count=1000)
    assert board.result is before


def test_its_labs_are_closed_again(board: RequestPlayground) -> None:
    """Neither building nor sending leaves a lab open."""
    build()
    board.set(count=2)
    assert open_labs() == []


def test_a_flow_joins_what_goes_together_and_escapes_names() -> None:
    """One box for a name in a column, one line for a leg, as broad as its share."""
    a, b, c = Box(0, "<a>"), Box(1, "b"), Box(1, "c")
    drawn = flow("Ways & means", "words", ("From", "To"), [((a, b), 3), ((a, c), 1), ((a, b), 0)])
    assert drawn.count("<rect") == 3
    assert drawn.count("<path") == 2
    assert 'stroke-width="6.8"' in drawn
    assert 'stroke-width="2.2"' in drawn
    assert "&lt;a&gt;" in drawn
    assert ">Ways &amp; means</title>" in drawn
