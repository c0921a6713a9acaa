"""Classic Load Balancers whose instances have a health in virtual time.

moto: says of every instance that runs that it is in service, and asks none.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from moto.core.responses import ActionResult
from moto.elb.models import LoadBalancer, elb_backends
from moto.elb.responses import ELBResponse

from ecs_lab.aws.classic_targets import NO_PORT, ClassicTargets, described
from ecs_lab.aws.network.elb import LabElb


class CheckingElb(LabElb):
    """moto's backend with the lab's nodes, and instances that are checked."""

    def create_load_balancer(self, *args: Any, **kwargs: Any) -> LoadBalancer:
        """Make a load balancer, which has no instances yet."""
        balancer: Any = super().create_load_balancer(*args, **kwargs)
        balancer.targets = ClassicTargets(balancer, self.region_name)
        return balancer  # type: ignore[no-any-return] # LoadBalancer, with an attribute of ours

    def register_instances(
        self, load_balancer_name: str, instance_ids: Iterable[str], from_autoscaling: bool = False
    ) -> LoadBalancer:
        """Register instances, which are then checked."""
        wanted = list(instance_ids)
        balancer: Any = super().register_instances(load_balancer_name, wanted, from_autoscaling)
        for each in wanted:
            balancer.targets.add((each, NO_PORT), None, None)
        return balancer  # type: ignore[no-any-return] # LoadBalancer, with an attribute of ours

    def deregister_instances(
        self, load_balancer_name: str, instance_ids: Iterable[str], from_autoscaling: bool = False
    ) -> LoadBalancer:
        """Deregister instances, whose connections are drained where that is turned on."""
        gone = list(instance_ids)
        balancer: Any = super().deregister_instances(load_balancer_name, gone, from_autoscaling)
        for each in gone:
            balancer.targets.drain((each, NO_PORT))
        return balancer  # type: ignore[no-any-return] # LoadBalancer, with an attribute of ours

    def describe_instance_health(
        self, lb_name: str, instances: list[dict[str, str]]
    ) -> list[dict[str, Any]]:
        """How instances are: all that are registered, or those that are asked for."""
        super().describe_instance_health(lb_name, instances)  # raises for an unknown name
        balancer: Any = self.get_load_balancer(lb_name)
        ids = [each["InstanceId"] for each in instances] or balancer.instance_ids
        return [_state(each, balancer) for each in ids]


def _state(instance_id: str, balancer: Any) -> dict[str, str]:
    state, reason, text = described(balancer.targets.health_of(instance_id))
    told = {"InstanceId": instance_id, "State": state}
    return {**told, "ReasonCode": reason, "Description": text}


def _describe_instance_health(self: ELBResponse) -> ActionResult:
    """DescribeInstanceHealth, with reasons."""
    name, instances = self._get_param("LoadBalancerName"), self._get_param("Instances", [])
    return ActionResult(
        {"InstanceStates": self.elb_backend.describe_instance_health(name, instances)}
    )


def install() -> None:
    """Let moto make backends of our class from now on."""
    elb_backends.backend = CheckingElb
    # moto: tells no reason for an instance's state.
    vars_of = ELBResponse
    vars_of.describe_instance_health = _describe_instance_health  # type: ignore[method-assign]
