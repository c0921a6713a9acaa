"""Packets in a VPC that a learner built: what lets them through and what is in their way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from network_site import ANYWHERE, Site, group

from ecs_lab.aws import network

if TYPE_CHECKING:
    from ecs_lab import Lab


@pytest.fixture
def site(lab: Lab) -> Site:
    """An empty VPC."""
    return Site(lab)


def test_a_group_lets_in_what_its_rules_name(site: Site) -> None:
    """An inbound rule for a group admits its members on that port, and nobody else."""
    front, back = site.group("front"), site.group("back")
    site.let_in(back, 80, group(front))
    subnet = site.subnet()
    web, app, other = (site.instance(subnet, each) for each in (front, back, back))
    assert network.obstacle(web, app, 80) is None
    assert str(network.obstacle(web, app, 81)) == (
        f"No inbound rule of security group {back} (back) lets {web.name} ({web.address}, {front}) "
        f"reach {app.name} on TCP port 81: add one."
    )
    blocked = network.obstacle(other, app, 80)
    assert blocked is not None
    assert (blocked.kind, blocked.resource_id) == ("security group", back)


def test_a_group_lets_out_what_its_rules_name(site: Site) -> None:
    """Without the outbound rule that every group begins with, only what another rule names
    leaves.
    """
    front, back = site.group("front"), site.group("back")
    site.let_in(back, 80, ANYWHERE)
    site.let_in(back, 81, ANYWHERE)
    subnet = site.subnet()
    web, app = site.instance(subnet, front), site.instance(subnet, back)
    assert network.obstacle(web, app, 81) is None
    site.let_out(front, 80, group(back))
    assert network.obstacle(web, app, 80) is None
    assert str(network.obstacle(web, app, 81)) == (
        f"No outbound rule of security group {front} (front) lets {web.name} send to {app.address} "
        "on TCP port 81: add one."
    )
