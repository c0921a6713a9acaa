"""Classic Load Balancers of the lab: moto's, with nodes in their subnets."""

from __future__ import annotations

from typing import Any

from moto.ec2.models import ec2_backends
from moto.elb import urls
from moto.elb.models import ELBBackend, LoadBalancer, elb_backends

from ecs_lab.aws.network import nodes


class LabElb(ELBBackend):
    """moto's backend, which keeps no addresses of load balancers."""

    @property
    def _url_module(self) -> Any:
        return urls  # moto: looks for them beside the module of the backend's class

    def create_load_balancer(self, *args: Any, **kwargs: Any) -> LoadBalancer:
        """Make a load balancer and its nodes."""
        balancer = super().create_load_balancer(*args, **kwargs)
        self._place(balancer)
        return balancer

    def attach_load_balancer_to_subnets(
        self, load_balancer_name: str, subnets: list[str]
    ) -> list[str]:
        """Add nodes in these subnets."""
        found = super().attach_load_balancer_to_subnets(load_balancer_name, subnets)
        self._place(self.get_load_balancer(load_balancer_name))
        return found

    def detach_load_balancer_from_subnets(
        self, load_balancer_name: str, subnets: list[str]
    ) -> list[str]:
        """Take the nodes in these subnets away."""
        found = super().detach_load_balancer_from_subnets(load_balancer_name, subnets)
        self._place(self.get_load_balancer(load_balancer_name))
        return found

    def apply_security_groups_to_load_balancer(
        self, load_balancer_name: str, security_group_ids: list[str]
    ) -> None:
        """Change the groups, of the nodes too."""
        super().apply_security_groups_to_load_balancer(load_balancer_name, security_group_ids)
        nodes.regroup(self._ec2, self.get_load_balancer(load_balancer_name))

    def delete_load_balancer(self, load_balancer_name: str) -> None:
        """Delete a load balancer and its nodes."""
        balancer = self.get_load_balancer(load_balancer_name)
        super().delete_load_balancer(load_balancer_name)
        if balancer is not None:
            nodes.remove(self._ec2, balancer)

    def _place(self, balancer: LoadBalancer) -> None:
        subnets = [self._ec2.get_subnet(each) for each in sorted(balancer.subnets)]
        nodes.place(self._ec2, balancer, subnets)

    @property
    def _ec2(self) -> Any:
        return ec2_backends[self.account_id][self.region_name]


def install() -> None:
    """Let moto make backends of our class from now on."""
    elb_backends.backend = LabElb
