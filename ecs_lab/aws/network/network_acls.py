"""Network ACLs: numbered rules of a subnet, the lowest that fits decides, answers need one too.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
"""

from __future__ import annotations

from typing import Any

from ecs_lab.aws.network.addresses import within

EPHEMERAL_PORT = 50000
"""The port that answers go to: one in the ranges of all the clients that AWS lists but old
Windows.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/nacl-ephemeral-ports.html
"""
_NUMBERS = {"tcp": "6", "udp": "17", "icmp": "1"}


def acl_of(ec2: Any, subnet_id: str) -> Any:
    """moto's network ACL that a subnet is associated with, or None."""
    for acl in ec2.network_acls.values():
        for association in acl._associations.values():  # noqa: SLF001 - moto: no public list of them
            if association.subnet_id == subnet_id:
                return acl
    return None


def allows(acl: Any, egress: bool, protocol: str, port: int, address: str) -> bool:
    """Whether the first rule that fits allows a packet from (or, with `egress`, to) an address."""
    entries = [each for each in acl.network_acl_entries if each.egress is egress]
    entries.sort(key=lambda entry: int(entry.rule_number))
    for entry in entries:
        if _fits(entry, protocol, port, address):
            return bool(entry.rule_action == "allow")
    return False


def _fits(entry: Any, protocol: str, port: int, address: str) -> bool:
    if str(entry.protocol) not in ("-1", protocol, _NUMBERS.get(protocol)):
        return False
    if entry.cidr_block is None or not within(address, entry.cidr_block):
        return False
    if str(entry.protocol) == "-1" or entry.port_range_from is None:
        return True
    return int(entry.port_range_from) <= port <= int(entry.port_range_to)
