"""Checks of iam-deployer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecs_lab.lab import Lab

DEPLOYER = variant.role
PASSING = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html"
CODES = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")


def clients(lab: Lab, *names: str) -> list[Any]:
    """Clients of the pipeline's role; raises ValueError if there is none."""
    with lab.acting_as(DEPLOYER):
        return [lab.client(name) for name in names]


def refused(call: Callable[..., Any], **params: Any) -> str:
    """AWS's message where a call is not allowed; "" where it is."""
    try:
        call(**params)
    except ClientError as error:
        if error.response["Error"]["Code"] in CODES:
            return str(error.response["Error"]["Message"])
        raise
    return ""


def definition(lab: Lab, **changes: Any) -> dict[str, Any]:
    """A task definition for Fargate that names both roles of the exercise."""
    return {
        "family": "checked",
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "cpu": "256",
        "memory": "512",
        "executionRoleArn": lab.roles["ecsTaskExecutionRole"],
        "taskRoleArn": lab.roles["shopTaskRole"],
        "containerDefinitions": [{"name": "web", "image": "public.ecr.aws/nginx/nginx:1.27"}],
    } | changes


def new_role(lab: Lab) -> str:
    """The ARN of a role for tasks that the check makes: an administrator's."""
    service = {"Service": "ecs-tasks.amazonaws.com"}
    trust = {"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole"}
    iam = lab.client("iam")
    made = iam.create_role(
        RoleName="checked-administrator",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )
    policy = "arn:aws:iam::aws:policy/AdministratorAccess"
    iam.attach_role_policy(RoleName="checked-administrator", PolicyArn=policy)
    return str(made["Role"]["Arn"])


@check(f"There is a role {variant.role}")
def there(lab: Lab) -> Verdict:
    """IAM lists a role of that name."""
    roles = lab.client("iam").list_roles()["Roles"]
    names = [role["RoleName"] for role in roles]
    if DEPLOYER in names:
        return passed
    return missed(
        expected=f"a role {DEPLOYER}",
        found=", ".join(names),
        why="iam.create_role makes one: its trust policy says who may assume it.",
    )


@check("It registers and runs a task with both roles", points=2, needs="there")
def deploys(lab: Lab) -> Verdict:
    """The check does so as the role, and updates a service."""
    lab.client("ecs").create_cluster(clusterName="checked")
    (ecs,) = clients(lab, "ecs")
    network = {"awsvpcConfiguration": {"subnets": list(lab.network.private_subnets)}}
    where = {"cluster": "checked", "launchType": "FARGATE", "networkConfiguration": network}
    found = refused(ecs.register_task_definition, **definition(lab))
    found = found or refused(ecs.run_task, taskDefinition="checked", **where)
    if not found:
        lab.client("ecs").create_service(
            serviceName="web", taskDefinition="checked", desiredCount=1, **where
        )
        found = refused(ecs.update_service, cluster="checked", service="web", desiredCount=2)
    if not found:
        return passed
    return missed(
        expected="register, run and update are allowed",
        found=found,
        why="The message names the action that is missing, and the resource that it is asked for.",
        see=PASSING,
    )


@check("It can put no other role into a task definition", points=2, needs="deploys")
def only_these_roles(lab: Lab) -> Verdict:
    """The check makes a role of an administrator and tries to pass it, in both places."""
    other = new_role(lab)
    (ecs,) = clients(lab, "ecs")
    fields = ("taskRoleArn", "executionRoleArn")
    passable = [
        name
        for name in fields
        if not refused(ecs.register_task_definition, **definition(lab, **{name: other}))
    ]
    if not passable:
        return passed
    return missed(
        expected="a task definition with the role of an administrator is refused",
        found=f"accepted as {' and '.join(passable)}",
        why="Who can start a task with a role can do all that the role may do.",
        see=PASSING,
    )


@check("It passes the two roles to ECS tasks only, and changes no role", needs="deploys")
def nothing_else(lab: Lab) -> Verdict:
    """The simulator is asked for another service, and the check tries to attach a policy."""
    policy = "arn:aws:iam::aws:policy/AdministratorAccess"
    (iam,) = clients(lab, "iam")
    found = []
    if not refused(iam.attach_role_policy, RoleName="shopTaskRole", PolicyArn=policy):
        found.append("it attached AdministratorAccess to shopTaskRole")
    key = "iam:PassedToService"
    context = [
        {"ContextKeyName": key, "ContextKeyValues": ["lambda.amazonaws.com"],
         "ContextKeyType": "string"}
    ]  # fmt: skip
    asked = lab.client("iam").simulate_principal_policy(
        PolicySourceArn=lab.client("iam").get_role(RoleName=DEPLOYER)["Role"]["Arn"],
        ActionNames=["iam:PassRole"],
        ResourceArns=[lab.roles["shopTaskRole"]],
        ContextEntries=context,
    )
    if asked["EvaluationResults"][0]["EvalDecision"] == "allowed":
        found.append("it may pass shopTaskRole to Lambda")
    if not found:
        return passed
    return missed(
        expected="no change of roles, and no other service",
        found="; ".join(found),
        why=f"The condition key {key} says to which service a role may be passed.",
        see=PASSING,
    )
