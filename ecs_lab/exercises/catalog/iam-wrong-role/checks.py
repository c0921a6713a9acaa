"""Checks of iam-wrong-role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecs_lab.exercises.checks import Verdict, check, missed, passed
from ecs_lab.exercises.look import last_event, running_tasks, service, service_runs
from ecs_lab.exercises.variants import variant

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

START_S = 600
"""Longer than new tasks take to start, also after failures that slow the service down."""

ROLES = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html"


def may_read(lab: Lab, role_arn: str, secret_arn: str) -> bool:
    """Whether a role's policies allow it to read a secret."""
    asked = lab.client("iam").simulate_principal_policy(
        PolicySourceArn=role_arn,
        ActionNames=["secretsmanager:GetSecretValue"],
        ResourceArns=[secret_arn],
    )
    return bool(asked["EvaluationResults"][0]["EvalDecision"] == "allowed")


def execution_role(lab: Lab) -> str:
    """The ARN of the execution role with which the service's tasks start."""
    named = (service(lab, variant.cluster, "web") or {})["taskDefinition"]
    found = lab.client("ecs").describe_task_definition(taskDefinition=named)["taskDefinition"]
    return str(found["executionRoleArn"])


@check("The service web has two tasks running on EC2", points=2)
def two_running(lab: Lab) -> Verdict:
    """Two tasks of the service are RUNNING after ten minutes."""
    lab.wait(START_S)
    return service_runs(lab, variant.cluster, "web", 2, "EC2")


@check("They have the secret: it still comes from Secrets Manager", needs="two_running")
def has_secret(lab: Lab) -> Verdict:
    """The service's task definition still names the secret of the database."""
    named = (service(lab, variant.cluster, "web") or {})["taskDefinition"]
    found = lab.client("ecs").describe_task_definition(taskDefinition=named)["taskDefinition"]
    secrets = [
        each["valueFrom"] for one in found["containerDefinitions"] for each in one["secrets"]
    ]
    if any(f"{variant.cluster}/db" in each for each in secrets):
        return passed
    return missed(
        expected=f"a container with the secret {variant.cluster}/db",
        found=secrets or "no secret",
        why="A service that starts without its password is no repair.",
    )


@check("A task is stopped: another takes its place", needs="two_running")
def replaced(lab: Lab) -> Verdict:
    """The check stops a task, waits, and counts again."""
    lab.wait(START_S)
    lost = running_tasks(lab, variant.cluster, "web")[0]["taskArn"]
    lab.client("ecs").stop_task(cluster=variant.cluster, task=lost, reason="stopped by the check")
    lab.wait(START_S)
    after = [task["taskArn"] for task in running_tasks(lab, variant.cluster, "web")]
    if len(after) == 2 and lost not in after:
        return passed
    return missed(
        expected="2 tasks running, one of them new",
        found=f"{len(after)} running",
        why=last_event(service(lab, variant.cluster, "web") or {}),
    )


@check("The instances can read the secret no longer", needs="two_running")
def instance_reads_none(lab: Lab) -> Verdict:
    """IAM's simulator is asked for the container instance role."""
    secret = lab.client("secretsmanager").describe_secret(SecretId=f"{variant.cluster}/db")["ARN"]
    if not may_read(lab, lab.roles["ecsInstanceRole"], secret):
        return passed
    return missed(
        expected=f"ecsInstanceRole may not read {variant.cluster}/db",
        found="it may",
        why="Whatever runs on an instance may get at the rights of the instance.",
        see="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-iam-roles.html",
    )


@check("The execution role reads no other secret", needs="two_running")
def no_other_secret(lab: Lab) -> Verdict:
    """The check makes another secret, and asks the simulator for it."""
    made = lab.client("secretsmanager").create_secret(Name="payroll", SecretString="hush")
    if not may_read(lab, execution_role(lab), made["ARN"]):
        return passed
    return missed(
        expected="the secret payroll, which the check has made, is out of reach",
        found="the execution role may read it",
        why="The resource of a statement can be the ARN of one secret.",
        see=ROLES,
    )
