"""Application and Network Load Balancers of the lab: moto's, with AWS's rules, names and nodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from moto.core.exceptions import ServiceException
from moto.elbv2 import urls
from moto.elbv2.exceptions import (
    DuplicateListenerError,
    ELBClientError,
    LoadBalancerNotFoundError,
    SubnetNotFoundError,
)
from moto.elbv2.models import ELBv2Backend, FakeLoadBalancer, elbv2_backends
from moto.moto_api._internal import mock_random

from ecs_lab.aws.moto_state import MotoState
from ecs_lab.aws.network import load_balancer_rules as rules
from ecs_lab.aws.network import nodes, rule_conditions

Mappings = Sequence[Mapping[str, str]]


class LabElbv2(ELBv2Backend):
    """moto's backend, with the rules, names and nodes of load balancers; without a lab it is
    moto's own.
    """

    @property
    def _url_module(self) -> Any:
        return urls  # moto: looks for them beside the module of the backend's class

    # Load balancers

    def create_load_balancer(
        self,
        name: str,
        security_groups: list[str] | None,
        subnet_ids: list[str] | None,
        subnet_mappings: Mappings | None = None,
        scheme: str | None = None,
        loadbalancer_type: str | None = None,
        ip_address_type: str = "ipv4",
        tags: list[dict[str, str]] | None = None,
    ) -> FakeLoadBalancer:
        """Make a load balancer and its nodes; one of the same name and settings is given back.

        moto: leaves the default scheme and group out, and takes every balancer for an application.
        """
        kind, scheme = loadbalancer_type or "application", scheme or "internet-facing"
        mappings = {each["SubnetId"]: each for each in subnet_mappings or ()}
        wanted = [*(subnet_ids or ()), *mappings]
        subnets = [self._subnet(each) for each in wanted]
        if subnets and MotoState.current is not None:
            groups = self._groups(kind, security_groups, subnets[0].vpc_id)
            same = self._same_name(name, kind, scheme, wanted, groups)
            if same is not None:
                return same
            rules.check_subnets(self.ec2_backend, subnets, kind, scheme)
        else:
            groups = list(security_groups or ())
        balancer: Any = super().create_load_balancer(
            name, groups, wanted, None, scheme, kind, ip_address_type, None
        )
        self._name(balancer)
        self.tagging_service.tag_resource(balancer.arn, tags)
        nodes.place(self.ec2_backend, balancer, subnets, mappings)
        return balancer  # type: ignore[no-any-return] # FakeLoadBalancer, with attributes of ours

    def _subnet(self, subnet_id: str) -> Any:
        try:
            return self.ec2_backend.get_subnet(subnet_id)
        except ServiceException:
            raise SubnetNotFoundError from None  # moto: gives EC2's error

    def _groups(self, kind: str, group_ids: Sequence[str] | None, vpc_id: str) -> list[str]:
        """The security groups of a load balancer.

        AWS does not say what an Application Load Balancer gets that names none; the lab takes the
        VPC's default group, as the console does.
        """
        if not group_ids and kind == "application":
            default: Any = self.ec2_backend.get_default_security_group(vpc_id)
            return [default.id]
        rules.check_groups(self.ec2_backend, group_ids or (), vpc_id)
        return list(group_ids or ())

    def _same_name(
        self, name: str, kind: str, scheme: str, subnet_ids: list[str], groups: list[str]
    ) -> FakeLoadBalancer | None:
        """A load balancer of this name, if it is the same one; raises AWS's error for another."""
        for each in self.load_balancers.values():
            if each.name == name:
                now = each.type, each.scheme, {s.id for s in each.subnets}, each.security_groups
                if now == (kind, scheme, set(subnet_ids), groups):
                    return each
                raise ELBClientError(
                    "DuplicateLoadBalancerName",
                    f"A load balancer with the same name '{name}' exists, but with different "
                    "settings",
                )
        return None

    def _name(self, balancer: Any) -> None:
        """Give a load balancer its ARN and DNS name.

        Sources:
        https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
        and https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html
        """
        prefix = "internal-" if balancer.scheme == "internal" else ""
        if balancer.type == "application":
            number = mock_random.randint(10**9, 10**10 - 1)
            balancer.dns_name = (
                f"{prefix}{balancer.name}-{number}.{self.region_name}.elb.amazonaws.com"
            )
            return
        del self.load_balancers[balancer.arn]
        kind = "net" if balancer.type == "network" else "gwy"
        balancer.arn = balancer.arn.replace("loadbalancer/app/", f"loadbalancer/{kind}/")
        self.load_balancers[balancer.arn] = balancer
        end = balancer.arn.rpartition("/")[2]
        balancer.dns_name = f"{balancer.name}-{end}.elb.{self.region_name}.amazonaws.com"

    def set_subnets(self, arn: str, subnets: list[str], subnet_mappings: Mappings) -> Any:
        """Move a load balancer's nodes.

        moto: wants two zones of every type.
        """
        balancer = self._balancer(arn)
        mappings = {each["SubnetId"]: each for each in subnet_mappings or ()}
        found = [self._subnet(each) for each in [*(subnets or ()), *mappings]]
        if not found:
            raise SubnetNotFoundError
        rules.check_subnets(self.ec2_backend, found, balancer.type, balancer.scheme)
        balancer.subnets = found
        nodes.place(self.ec2_backend, balancer, found, mappings)
        return balancer.availability_zones

    def set_security_groups(self, arn: str, sec_groups: list[str]) -> None:
        """Change a load balancer's groups; a Network Load Balancer made without stays without.

        Source:
        https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html
        """
        balancer = self._balancer(arn)
        rules.check_groups(self.ec2_backend, sec_groups, balancer.vpc_id)
        if balancer.type == "network" and sec_groups and not balancer.security_groups:
            raise ELBClientError(
                "InvalidConfigurationRequest",
                "You cannot set security groups on a Network Load Balancer that was created "
                "without security groups",
            )
        super().set_security_groups(arn, sec_groups)
        nodes.regroup(self.ec2_backend, balancer)

    def delete_load_balancer(self, arn: str) -> None:
        """Delete a load balancer and its nodes; one that is not there is no error, as on AWS."""
        balancer = self.load_balancers.get(arn)
        if balancer is None:
            return
        rules.check_deletion(self.ec2_backend, balancer)
        super().delete_load_balancer(arn)
        nodes.remove(self.ec2_backend, balancer)
        self._note_users()

    def _balancer(self, arn: str) -> FakeLoadBalancer:
        if arn not in self.load_balancers:
            raise LoadBalancerNotFoundError
        return self.load_balancers[arn]

    # Listeners and rules

    def create_listener(  # type: ignore[override] # as moto's, all of it used by name
        self,
        load_balancer_arn: str,
        protocol: str,
        port: str,
        ssl_policy: str,
        certificate: str | None,
        actions: list[dict[str, Any]],
        **more: Any,
    ) -> Any:
        """Make a listener.

        moto: makes a second one on the same port.
        """
        balancer = self._balancer(load_balancer_arn)
        if any(str(each.port) == str(port) for each in balancer.listeners.values()):
            raise DuplicateListenerError
        self._check(balancer, protocol, actions)
        made = super().create_listener(
            load_balancer_arn, protocol, port, ssl_policy, certificate, actions, **more
        )
        self._note_users()
        return made

    def modify_listener(
        self,
        arn: str,
        port: str | None = None,
        protocol: str | None = None,
        ssl_policy: str | None = None,
        certificates: Any = None,
        actions: list[dict[str, Any]] | None = None,
        **more: Any,
    ) -> Any:
        """Change a listener."""
        for balancer, listener in self._listeners():
            if listener.arn == arn:
                self._check(balancer, protocol or listener.protocol, actions or [])
        changed = super().modify_listener(
            arn, port, protocol, ssl_policy, certificates, actions, **more
        )
        self._note_users()
        return changed

    def delete_listener(self, listener_arn: str) -> Any:
        """Delete a listener."""
        gone = super().delete_listener(listener_arn)
        self._note_users()
        return gone

    def create_rule(  # type: ignore[override] # as moto's, of which more is used by name
        self, listener_arn: str, conditions: Any, priority: Any, actions: Any, **more: Any
    ) -> Any:
        """Make a rule."""
        rule_conditions.check(conditions)
        for balancer, listener in self._listeners():
            if listener.arn == listener_arn:
                rules.check_takes_rules(balancer)
                self._check(balancer, listener.protocol, actions)
        made = super().create_rule(listener_arn, conditions, priority, actions, **more)
        self._note_users()
        return made

    def modify_rule(self, rule_arn: str, conditions: Any, actions: Any) -> Any:
        """Change a rule."""
        rule_conditions.check(conditions or [])
        for balancer, listener in self._listeners():
            if any(each.arn == rule_arn for each in listener.rules.values()):
                self._check(balancer, listener.protocol, actions or [])
        changed = super().modify_rule(rule_arn, conditions, actions)
        self._note_users()
        return changed

    def delete_rule(self, arn: str) -> None:
        """Delete a rule."""
        super().delete_rule(arn)
        self._note_users()

    def _listeners(self) -> Iterator[tuple[FakeLoadBalancer, Any]]:
        for balancer in self.load_balancers.values():
            for listener in balancer.listeners.values():
                yield balancer, listener

    def _check(
        self, balancer: FakeLoadBalancer, protocol: str | None, actions: list[dict[str, Any]]
    ) -> None:
        named = [arn for each in actions for arn in rules.forwards_to(each)]
        groups = [self.target_groups[arn] for arn in named if arn in self.target_groups]
        rules.check_targets(balancer, protocol, groups)

    def _note_users(self) -> None:
        """Let the target groups know which load balancers forward to them.

        moto: notes it when a listener is made, and never again.
        """
        for group in self.target_groups.values():
            group.load_balancer_arns = []
        for balancer, listener in self._listeners():
            for rule in listener.rules.values():
                for arn in (arn for each in rule.actions for arn in rules.forwards_to(each.data)):
                    users = self.target_groups[arn].load_balancer_arns
                    if balancer.arn not in users:
                        users.append(balancer.arn)


def install() -> None:
    """Let moto make backends of our class from now on."""
    elbv2_backends.backend = LabElbv2
