"""IPv4 addresses and CIDR blocks, and which addresses of a subnet are free."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import Any

RESERVED = 4
"""How many addresses AWS keeps at the start of a subnet; it keeps the last one too.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
"""


@lru_cache(maxsize=4096)
def number(address: str) -> int:
    """An IPv4 address as a number."""
    return int(ipaddress.IPv4Address(address))


@lru_cache(maxsize=4096)
def block(cidr: str) -> tuple[int, int]:
    """A CIDR block as its first address and its mask."""
    network = ipaddress.IPv4Network(cidr, strict=False)
    return int(network.network_address), int(network.netmask)


def within(address: str, cidr: str) -> bool:
    """Whether an address lies in a block.

    >>> within("10.0.1.5", "10.0.0.0/16"), within("10.1.0.5", "10.0.0.0/16")
    (True, False)
    """
    first, mask = block(cidr)
    return number(address) & mask == first


def free_address(subnet: Any) -> str | None:
    """The next address that nobody has, going round the range of one of moto's subnets; None in a
    full one.
    """
    # moto: picks a random address, and may give one twice; so we choose it.
    network: ipaddress.IPv4Network = subnet.cidr
    usable = network.num_addresses - RESERVED - 1
    taken = subnet._subnet_ips  # noqa: SLF001 - moto: there is no public list of them
    last = vars(subnet).get("last_host", -1)
    for step in range(1, usable + 1):
        host = (last + step) % usable
        ip = str(network[RESERVED + host])
        if ip not in taken:
            subnet.last_host = host
            return ip
    return None
