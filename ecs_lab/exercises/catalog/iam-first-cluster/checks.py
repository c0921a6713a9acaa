"""Checks of iam-first-cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecs_lab.lab import Lab

LINKED = "AWSServiceRoleForECS"
GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-service-linked-roles-for-clusters.html"


def names(lab: Lab) -> list[str]:
    """The names of all roles."""
    return [role["RoleName"] for role in lab.client("iam").list_roles()["Roles"]]


def without_the_linked_role(lab: Lab) -> None:
    """Take ECS's service-linked role away, so that the account is as new as at the beginning."""
    if LINKED not in names(lab):
        return
    iam = lab.client("iam")
    for each in iam.list_attached_role_policies(RoleName=LINKED)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=LINKED, PolicyArn=each["PolicyArn"])
    iam.delete_service_linked_role(RoleName=LINKED)


def refused(call: Callable[..., Any], **params: Any) -> str:
    """AWS's message where a call is not allowed; "" where it is."""
    try:
        call(**params)
    except ClientError as error:
        if error.response["Error"]["Code"].startswith("AccessDenied"):
            return str(error.response["Error"]["Message"])
        raise
    return ""


@check(f"With the role {variant.role} one can make a cluster", points=2)
def makes_cluster(lab: Lab) -> Verdict:
    """The check does so as the role."""
    if variant.role not in names(lab):
        return missed(expected=f"a role {variant.role}", found=", ".join(names(lab)))
    with lab.acting_as(variant.role):
        ecs = lab.client("ecs")
    found = refused(ecs.create_cluster, clusterName=variant.cluster)
    if not found:
        return passed
    return missed(expected=f"the cluster {variant.cluster} is made", found=found)


@check("ECS's service-linked role comes with it", points=2, needs="makes_cluster")
def linked_role(lab: Lab) -> Verdict:
    """The check takes the role away if it is there, and makes a cluster as the team."""
    without_the_linked_role(lab)
    with lab.acting_as(variant.role):
        ecs = lab.client("ecs")
    ecs.create_cluster(clusterName=variant.cluster)
    if LINKED in names(lab):
        return passed
    return missed(
        expected=f"a role {LINKED} after the cluster was made",
        found=", ".join(names(lab)),
        why="ECS makes it in the name of whoever makes the cluster, if they may.",
        see=GUIDE,
    )


@check("It makes no other role", points=2, needs="linked_role")
def nothing_else(lab: Lab) -> Verdict:
    """As the role the check tries a service-linked role of two other services, and a plain one."""
    with lab.acting_as(variant.role):
        iam = lab.client("iam")
    made = [
        f"a service-linked role for {name}"
        for name in ("spot", "elasticloadbalancing")
        if not refused(iam.create_service_linked_role, AWSServiceName=f"{name}.amazonaws.com")
    ]
    if not refused(iam.create_role, RoleName="checked", AssumeRolePolicyDocument="{}"):
        made.append("a role")
    if not made:
        return passed
    return missed(
        expected="AccessDenied for every other role",
        found=f"it has made {', '.join(made)}",
        why="The resource of the statement can be this one role, and a condition the service.",
        see=GUIDE,
    )
