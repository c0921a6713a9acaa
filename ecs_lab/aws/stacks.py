"""CloudFormation's stacks, which wait for their ECS services as AWS's do.

moto makes, changes and deletes a stack at once. Here a stack with services is IN_PROGRESS until
each has reached a steady state, and a deleted one until the tasks have stopped; a resource that
cannot be made rolls the new stack back.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-resource-configuration-complete.html
"""
# ruff: noqa: SLF001 - moto's stacks and maps of resources have no public way to what they hold

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError
from moto.cloudformation import parsing, urls
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import CloudFormationBackend, Stack, cloudformation_backends

from ecs_lab.aws import cloudformation_others  # noqa: F401 - registers its kinds with moto
from ecs_lab.aws.cloudformation import Resource, client_of, world
from ecs_lab.aws.cloudformation_ecs import Service

LOOK_AGAIN_S = 5.0
PATIENCE_S = 3 * 3600.0
"""How long CloudFormation waits for a service to become steady.

Source: https://repost.aws/knowledge-center/cloudformation-ecs-service-stabilize
"""
TEARDOWN_TRIES = 5


class Stacks(CloudFormationBackend):
    """moto's CloudFormation with stacks that take their time."""

    @property
    def _url_module(self) -> Any:
        return urls  # moto: looks for them beside the module of the backend's class

    def create_stack(self, name: str, template: str, *rest: Any, **named: Any) -> Stack:
        """Make a stack; it is CREATE_IN_PROGRESS until its services are steady."""
        refuse_unknown_types(template)
        before = set(self.stacks)
        try:
            stack = super().create_stack(name, template, *rest, **named)
        except Exception as error:
            made = [each for key, each in self.stacks.items() if key not in before]
            if not made:
                raise  # the template itself is wrong: there is no stack
            roll_back(made[0], str(error))
            return made[0]
        wait_for_services(stack, "CREATE")
        return stack

    def update_stack(self, *args: Any, **named: Any) -> Stack:
        """Change a stack; it is UPDATE_IN_PROGRESS until its services are steady."""
        refuse_unknown_types(named.get("template") or args[1])
        stack = self.get_stack(named.get("name") or args[0])
        refuse_while_busy(stack)
        try:
            super().update_stack(*args, **named)
            update_dependents(stack)
        except ValidationError as error:
            fail(stack, "UPDATE", str(error))
            return stack
        wait_for_services(stack, "UPDATE")
        return stack

    def create_change_set(
        self, stack_name: str, change_set_name: str, template: str, *rest: Any, **named: Any
    ) -> tuple[str, str]:
        """Prepare a change; templates with unknown resource types are refused here already."""
        refuse_unknown_types(template)
        made: tuple[str, str] = super().create_change_set(
            stack_name, change_set_name, template, *rest, **named
        )
        return made

    def execute_change_set(self, change_set_name: str, stack_name: str | None = None) -> None:
        """Carry a change out, as `aws cloudformation deploy` and `cdk deploy` do."""
        change_set: Any = self.describe_change_set(change_set_name)
        stack, verb = self.stacks[change_set.stack_id], change_set.change_set_type
        if verb == "UPDATE":
            refuse_while_busy(stack)
        try:
            super().execute_change_set(change_set_name, stack_name)
            update_dependents(stack)
        except Exception as error:
            change_set.execution_status = "EXECUTE_FAILED"
            if verb == "CREATE":
                roll_back(stack, str(error))
            else:
                fail(stack, "UPDATE", str(error))
            return
        wait_for_services(stack, verb)

    def delete_stack(self, name_or_stack_id: str) -> None:
        """Delete a stack; it is DELETE_IN_PROGRESS until the tasks of its services are gone."""
        for stack in list(self.stacks.values()):
            if name_or_stack_id in (stack.name, stack.stack_id):
                stack._add_stack_event("DELETE_IN_PROGRESS", "User Initiated")
                tear_down(stack, "DELETE", TEARDOWN_TRIES)

    def forget(self, stack: Stack) -> None:
        """Keep a stack whose resources are gone among the deleted ones."""
        self.deleted_stacks[stack.stack_id] = self.stacks.pop(stack.stack_id)


cloudformation_backends.backend = Stacks

_update_resource: Callable[..., Any] = parsing.parse_and_update_resource


def _update_or_keep(logical_id: str, said: Any, resources: Any, *where: Any, **named: Any) -> Any:
    """The updated resource, or the one that is there, for kinds that moto cannot update.

    moto: puts nothing in its place then, and all that refers to it loses the property.
    """
    updated = _update_resource(logical_id, said, resources, *where, **named)
    return updated or resources[logical_id]


parsing.parse_and_update_resource = _update_or_keep  # type: ignore[assignment] # the same, more loosely typed


LEFT_BY_MOTO = {
    "AWS::EC2::EIP": ("ec2", "release_address", "PublicIp"),
    "AWS::EC2::InternetGateway": ("ec2", "delete_internet_gateway", "InternetGatewayId"),
    "AWS::EC2::NatGateway": ("ec2", "delete_nat_gateway", "NatGatewayId"),
    "AWS::EC2::RouteTable": ("ec2", "delete_route_table", "RouteTableId"),
    "AWS::ElasticLoadBalancingV2::Listener": ("elbv2", "delete_listener", "ListenerArn"),
    "AWS::ElasticLoadBalancingV2::TargetGroup": ("elbv2", "delete_target_group", "TargetGroupArn"),
}
"""Types that moto makes but leaves behind when their stack is deleted, and what deletes them."""


def _delete_by_api(resource: Any, account_id: str, region: str) -> None:
    service, operation, parameter = LEFT_BY_MOTO[resource.cf_resource_type]
    client, physical_id = client_of(service, region), resource.physical_resource_id
    try:
        if operation == "delete_internet_gateway":
            _detach(client, physical_id)
        getattr(client, operation)(**{parameter: physical_id})
    except ClientError as error:
        if "NotFound" not in error.response["Error"]["Code"]:
            raise


def _detach(ec2: Any, gateway_id: str) -> None:
    found = ec2.describe_internet_gateways(InternetGatewayIds=[gateway_id])["InternetGateways"]
    for each in found[0]["Attachments"]:
        ec2.detach_internet_gateway(InternetGatewayId=gateway_id, VpcId=each["VpcId"])


for _type in LEFT_BY_MOTO:
    setattr(parsing.get_model_map()[_type], "delete", _delete_by_api)  # noqa: B010 - moto's type has none


def refuse_unknown_types(template: str) -> None:
    """Say at once which resource types the lab does not simulate: nothing is made by halves."""
    resources = Stack.parse_template(template).get("Resources") or {}
    types = {each.get("Type", "") for each in resources.values() if isinstance(each, dict)}
    known = {*parsing.get_model_map(), *parsing.NULL_MODELS, ""}
    unknown = sorted(each for each in types - known if not each.startswith("Custom::"))
    if unknown:
        raise ValidationError(
            message=f"Not simulated in the lab: the resource types {', '.join(unknown)}. "
            "Take them out of the template."
        )


def refuse_while_busy(stack: Stack) -> None:
    """As AWS does while a stack is made, changed or deleted."""
    if stack.status.endswith("_IN_PROGRESS"):
        raise ValidationError(
            message=f"Stack:{stack.stack_id} is in {stack.status} state and can not be updated."
        )


def services(stack: Stack) -> list[Service]:
    """The ECS services that a stack has made."""
    return [each for each in made_by(stack) if isinstance(each, Service)]


def made_by(stack: Stack) -> list[Resource]:
    """The resources of our own kinds that a stack has made."""
    made = stack.resource_map._parsed_resources
    return [
        made[key] for key in stack.resource_map.resources if isinstance(made.get(key), Resource)
    ]


def update_dependents(stack: Stack) -> None:
    """Update what refers to something that an update has replaced.

    moto: compares the texts of the templates, so that a service whose task definition has a new
    revision would stay with the old one.
    """
    resources = stack.resource_map
    for _ in range(TEARDOWN_TRIES):
        again = False
        for each in made_by(stack):
            said = resources._resource_json_map[each.logical_resource_id]
            now = parsing.clean_json(said, resources).get("Properties", {})
            if now != each.properties:
                key = each.logical_resource_id
                resources._parsed_resources[key] = parsing.parse_and_update_resource(
                    key, said, resources, stack.account_id, stack.region_name
                )
                again = True
        if not again:
            return


# Waiting


def wait_for_services(stack: Stack, verb: str) -> None:
    """Let the stack be in progress until its services are steady."""
    if not services(stack):
        return
    if stack.events and stack.events[-1].resource_status == f"{verb}_COMPLETE":
        stack.events.pop()
    stack.status = f"{verb}_IN_PROGRESS"
    _later(_look, stack, verb, world().clock.now + PATIENCE_S)


def _later(action: Callable[..., None], stack: Stack, *args: Any) -> None:
    world().clock.schedule(LOOK_AGAIN_S, action, stack.region_name, stack.stack_id, *args)


def _stack(region: str, stack_id: str) -> Stack | None:
    return cloudformation_backends[world().ecs.state.account_id][region].stacks.get(stack_id)


def _look(region: str, stack_id: str, verb: str, until_s: float) -> None:
    """See whether the services are steady by now."""
    stack = _stack(region, stack_id)
    if stack is None or stack.status != f"{verb}_IN_PROGRESS":
        return
    states = [_state(each.described()) for each in services(stack)]
    if all(each == "steady" for each in states):
        stack.status = f"{verb}_COMPLETE"
        stack._add_stack_event(stack.status)
    elif "failed" in states or world().clock.now >= until_s:
        broken = "failed" in states
        reason = "ECS Deployment Circuit Breaker was triggered" if broken else "did not stabilize"
        end = roll_back if verb == "CREATE" else fail_update
        end(stack, f'Resource handler returned message: "{reason}"')
    else:
        _later(_look, stack, verb, until_s)


def _state(service: dict[str, Any]) -> str:
    """steady, failed or moving."""
    deployments = service.get("deployments", [])
    if any(each.get("rolloutState") == "FAILED" for each in deployments):
        return "failed"
    counts = service.get("runningCount") == service.get("desiredCount")
    done = all(each.get("rolloutState", "COMPLETED") == "COMPLETED" for each in deployments)
    return "steady" if counts and done and len(deployments) <= 1 else "moving"


# Ends that nobody wanted


def fail_update(stack: Stack, reason: str) -> None:
    """An update that did not come to its end."""
    fail(stack, "UPDATE", reason)


def fail(stack: Stack, verb: str, reason: str) -> None:
    """Stop where it failed: unlike AWS, the lab does not take the changes back by itself."""
    stack.status = f"{verb}_FAILED"
    stack._add_stack_event(
        stack.status, f"{reason} (the lab does not roll updates back: update the stack again)"
    )


def roll_back(stack: Stack, reason: str) -> None:
    """Take a new stack back that could not be made."""
    stack._add_stack_event("CREATE_FAILED", reason)
    stack._add_stack_event("ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create.")
    tear_down(stack, "ROLLBACK", TEARDOWN_TRIES)


def tear_down(stack: Stack, verb: str, tries: int) -> None:
    """Delete the services of a stack, and the rest once their tasks have stopped."""
    stack.status = f"{verb}_IN_PROGRESS"
    backend = cloudformation_backends[stack.account_id][stack.region_name]
    for export in stack.exports if verb == "DELETE" else ():
        backend.exports.pop(export.name, None)
    _never_make_again(stack)
    for each in services(stack):
        each.remove()
    _later(_tear_down, stack, verb, tries)


def _never_make_again(stack: Stack) -> None:
    """moto: makes a resource when it is looked at and is not there; a stack that ends forgets
    what it no longer has.
    """
    resources = stack.resource_map
    there = resources._parsed_resources
    said = resources._resource_json_map
    resources._resource_json_map = {key: said[key] for key in said if key in there}
    stack.output_map._output_json_map = {}


def _tear_down(region: str, stack_id: str, verb: str, tries: int) -> None:
    stack = _stack(region, stack_id)
    if stack is None or stack.status != f"{verb}_IN_PROGRESS":
        return
    if any(each.described()["status"] == "DRAINING" for each in services(stack)):
        _later(_tear_down, stack, verb, tries)
        return
    try:
        _remove(stack, verb, region)
    except Exception as error:  # something still uses what is to go: tasks take their time
        if tries > 0:
            _later(_tear_down, stack, verb, tries - 1)
            return
        stack.status = f"{verb}_FAILED"
        stack._add_stack_event(stack.status, str(error))


def _remove(stack: Stack, verb: str, region: str) -> None:
    try:
        stack.resource_map.delete()
    finally:
        world().changes += 1
        _never_make_again(stack)
    stack.status = f"{verb}_COMPLETE"
    stack._add_stack_event(stack.status)
    if verb == "DELETE":
        backend: Any = cloudformation_backends[stack.account_id][region]
        backend.forget(stack)
