"""Rules of security groups, route tables and network ACLs against slow, literal references."""

from __future__ import annotations

import ipaddress
from types import SimpleNamespace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecs_lab.aws.network import network_acls, routes, security_groups

ON_A_BUSY_MACHINE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
PORTS = st.integers(78, 83)
PROTOCOLS = st.sampled_from(["tcp", "udp"])
ADDRESSES = st.integers(0, 15).map(lambda last: f"10.0.0.{last}")
BLOCKS = st.builds(
    lambda last, length: str(ipaddress.ip_network(f"10.0.0.{last}/{length}", strict=False)),
    st.integers(0, 15),
    st.sampled_from([0, 8, 24, 29, 30, 32]),
)
GROUPS = st.sampled_from(["sg-1", "sg-2", "sg-3"])
NO_EC2 = SimpleNamespace(managed_prefix_lists={})


def a_rule(protocol: str, ports: list[int], block: str | None, group: str) -> Any:
    """A rule in moto's form: about a block, or about a group where there is none."""
    first, last = (None, None) if protocol == "-1" else sorted(ports)
    return SimpleNamespace(
        ip_protocol=protocol,
        from_port=first,
        to_port=last,
        cidr_ipv4=block,
        source_group={} if block else {"GroupId": group},
        prefix_list_id=None,
    )


RULES = st.lists(
    st.builds(
        a_rule,
        st.sampled_from(["tcp", "udp", "-1"]),
        st.lists(PORTS, min_size=2, max_size=2),
        st.none() | BLOCKS,
        GROUPS,
    ),
    max_size=4,
)


@ON_A_BUSY_MACHINE
@given(RULES, PROTOCOLS, PORTS, ADDRESSES, st.sets(GROUPS))
def test_groups_admit_what_one_rule_allows(
    rules: list[Any], protocol: str, port: int, address: str, groups: set[str]
) -> None:
    """A packet passes if, and only if, some rule has its protocol, its port and its peer."""
    expected = False
    for rule in rules:
        if rule.ip_protocol == "-1":
            fits = True
        else:
            fits = rule.ip_protocol == protocol and port in range(rule.from_port, rule.to_port + 1)
        if rule.cidr_ipv4:
            named = ipaddress.ip_address(address) in ipaddress.ip_network(rule.cidr_ipv4)
        else:
            named = rule.source_group["GroupId"] in groups
        expected = expected or (fits and named)
    found = security_groups.admits(NO_EC2, rules, protocol, port, address, tuple(sorted(groups)))
    assert found is expected


def a_route(block: str) -> Any:
    """A route in moto's form."""
    return SimpleNamespace(destination_cidr_block=block, destination_prefix_list=None)


@ON_A_BUSY_MACHINE
@given(st.lists(BLOCKS, unique=True, max_size=6), ADDRESSES)
def test_the_most_specific_route_counts(blocks: list[str], address: str) -> None:
    """Of the blocks that an address lies in, the one with the longest prefix is taken."""
    table = SimpleNamespace(routes=[a_route(each) for each in blocks])
    fitting = [
        each for each in map(ipaddress.ip_network, blocks) if ipaddress.ip_address(address) in each
    ]
    longest = max(fitting, key=lambda each: each.prefixlen, default=None)
    found = routes.route_to(NO_EC2, table, address)
    assert (found and found.destination_cidr_block) == (longest and str(longest))


def an_entry(number: int, action: str, egress: bool, ports: list[int], block: str) -> Any:
    """An entry of a network ACL in moto's form, for TCP."""
    first, last = sorted(ports)
    return SimpleNamespace(
        rule_number=number,
        rule_action=action,
        egress=egress,
        protocol="6",
        cidr_block=block,
        port_range_from=first,
        port_range_to=last,
    )


ENTRIES = st.lists(
    st.builds(
        an_entry,
        st.integers(1, 200),
        st.sampled_from(["allow", "deny"]),
        st.booleans(),
        st.lists(PORTS, min_size=2, max_size=2),
        BLOCKS,
    ),
    unique_by=lambda entry: (entry.rule_number, entry.egress),
    max_size=6,
)


@ON_A_BUSY_MACHINE
@given(ENTRIES, st.booleans(), PORTS, ADDRESSES)
def test_the_lowest_entry_that_fits_decides(
    entries: list[Any], egress: bool, port: int, address: str
) -> None:
    """Entries are asked in the order of their numbers; where none fits nothing passes."""
    fitting = {
        entry.rule_number: entry.rule_action
        for entry in entries
        if entry.egress is egress
        and port in range(entry.port_range_from, entry.port_range_to + 1)
        and ipaddress.ip_address(address) in ipaddress.ip_network(entry.cidr_block)
    }
    expected = bool(fitting) and fitting[min(fitting)] == "allow"
    acl = SimpleNamespace(network_acl_entries=entries)
    assert network_acls.allows(acl, egress, "tcp", port, address) is expected
