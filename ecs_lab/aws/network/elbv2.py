"""Application and Network Load Balancers of the lab: moto's, with nodes in their subnets."""

from __future__ import annotations

from typing import Any

from moto.elbv2 import urls
from moto.elbv2.models import ELBv2Backend, FakeLoadBalancer, elbv2_backends

from ecs_lab.aws.network import nodes


class LabElbv2(ELBv2Backend):
    """moto's backend, which keeps no addresses of load balancers."""

    @property
    def _url_module(self) -> Any:
        return urls  # moto: looks for them beside the module of the backend's class

    def create_load_balancer(self, *args: Any, **kwargs: Any) -> FakeLoadBalancer:
        """Make a load balancer and its nodes."""
        balancer = super().create_load_balancer(*args, **kwargs)
        balancer.scheme = balancer.scheme or "internet-facing"  # moto: leaves the default out
        if balancer.type == "application" and not balancer.security_groups:
            # moto: leaves it without; AWS does not say in its API what it gets, the lab takes the
            # VPC's default group, as the console does.
            default: Any = self.ec2_backend.get_default_security_group(balancer.vpc_id)
            balancer.security_groups = [default.id]
        nodes.place(self.ec2_backend, balancer, balancer.subnets)
        return balancer

    def set_subnets(self, arn: str, *args: Any, **kwargs: Any) -> Any:
        """Move a load balancer's nodes."""
        zones = super().set_subnets(arn, *args, **kwargs)
        balancer = self.load_balancers[arn]
        nodes.place(self.ec2_backend, balancer, balancer.subnets)
        return zones

    def delete_load_balancer(self, arn: str) -> None:
        """Delete a load balancer and its nodes."""
        balancer = self.load_balancers.get(arn)
        super().delete_load_balancer(arn)
        if balancer is not None:
            nodes.remove(self.ec2_backend, balancer)


def install() -> None:
    """Let moto make backends of our class from now on."""
    elbv2_backends.backend = LabElbv2
