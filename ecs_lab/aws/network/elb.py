"""Classic Load Balancers of the lab: moto's, with nodes in their subnets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from moto.ec2.models import ec2_backends
from moto.elb import urls
from moto.elb.exceptions import LoadBalancerNotFoundError
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

    def register_instances(
        self, load_balancer_name: str, instance_ids: Iterable[str], from_autoscaling: bool = False
    ) -> Any:
        """Register instances with a load balancer that is there.

        moto: raises Python's own error for an unknown name, here and below.
        """
        self._known(load_balancer_name)
        return super().register_instances(load_balancer_name, instance_ids, from_autoscaling)

    def configure_health_check(self, load_balancer_name: str, *args: Any, **kwargs: Any) -> Any:
        """Configure the health check of a load balancer that is there."""
        self._known(load_balancer_name)
        return super().configure_health_check(load_balancer_name, *args, **kwargs)

    def _known(self, name: str) -> None:
        if name not in self.load_balancers:
            raise LoadBalancerNotFoundError(name)

    def attach_load_balancer_to_subnets(
        self, load_balancer_name: str, subnets: list[str]
    ) -> list[str]:
        """Add nodes in these subnets."""
        self._known(load_balancer_name)
        found = super().attach_load_balancer_to_subnets(load_balancer_name, subnets)
        self._place(self.get_load_balancer(load_balancer_name))
        return found

    def detach_load_balancer_from_subnets(
        self, load_balancer_name: str, subnets: list[str]
    ) -> list[str]:
        """Take the nodes in these subnets away."""
        self._known(load_balancer_name)
        found = super().detach_load_balancer_from_subnets(load_balancer_name, subnets)
        self._place(self.get_load_balancer(load_balancer_name))
        return found

    def apply_security_groups_to_load_balancer(
        self, load_balancer_name: str, security_group_ids: list[str]
    ) -> None:
        """Change the groups, of the nodes too."""
        self._known(load_balancer_name)
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
