"""Security groups: whether one of their rules lets a packet through.

Rules only allow; all rules of all groups of an interface count together; what answers a packet that
was let through needs no rule. A rule that names a group means the private addresses of what has
that group.
Source: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ecs_lab.aws.network.addresses import within

ANY_PROTOCOL = "-1"


def group(ec2: Any, group_id: str) -> Any:
    """moto's security group of an id, or None."""
    for groups in ec2.groups.values():
        if group_id in groups:
            return groups[group_id]
    return None


def admits(
    ec2: Any,
    rules: Iterable[Any],
    protocol: str,
    port: int,
    address: str,
    group_ids: tuple[str, ...] = (),
) -> bool:
    """Whether one of moto's rules allows a protocol and port from or to `address`, which belongs
    to something with the security groups `group_ids`.
    """
    return any(
        covers(rule, protocol, port) and _names(ec2, rule, address, group_ids) for rule in rules
    )


def covers(rule: Any, protocol: str, port: int) -> bool:
    """Whether a rule is about a protocol and port."""
    if rule.ip_protocol == ANY_PROTOCOL:
        return True
    if rule.ip_protocol != protocol:
        return False
    return bool(rule.from_port <= port <= rule.to_port) or rule.from_port == -1


def _names(ec2: Any, rule: Any, address: str, group_ids: tuple[str, ...]) -> bool:
    """Whether a rule is about an address or one of these groups."""
    if rule.cidr_ipv4 is not None:
        return within(address, rule.cidr_ipv4)
    if rule.source_group:
        return rule.source_group.get("GroupId") in group_ids
    if rule.prefix_list_id is not None:
        return any(within(address, cidr) for cidr in prefix_list(ec2, rule.prefix_list_id))
    return False


def prefix_list(ec2: Any, prefix_list_id: str) -> list[str]:
    """The IPv4 blocks of a prefix list's newest version; none for a list that is not there."""
    found = ec2.managed_prefix_lists.get(prefix_list_id)
    if found is None or found.address_family != "IPv4" or not found.entries:
        return []
    return [each["Cidr"] for each in list(found.entries.values())[-1]]
