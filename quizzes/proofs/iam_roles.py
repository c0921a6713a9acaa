"""Proofs of the questions on IAM roles."""

import json
import os
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError, NoCredentialsError

from ecs_lab.quiz import scene
from ecs_lab.quiz.proofs import Options, proof
from ecs_lab.quiz.trace import ProofLab
from ecs_lab.runtime.inside import Inside

TASKS = "ecs-tasks.amazonaws.com"
ECR = (
    "ecr:GetAuthorizationToken",
    "ecr:BatchCheckLayerAvailability",
    "ecr:GetDownloadUrlForLayer",
    "ecr:BatchGetImage",
)
FETCH = "secretsmanager:GetSecretValue"
LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")
LOGIN = json.dumps({"username": "shop", "password": "tea-time"})
OUTSIDE = "registry.example.com/shop/web:1"
START_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"


def document(*statements: dict[str, Any]) -> str:
    """A policy's text."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(principal: dict[str, str]) -> str:
    """A trust policy's text."""
    return document({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})


def role(lab: ProofLab, name: str, *actions: str, service: str = TASKS) -> str:
    """Make a role for a service, with a policy that allows the actions on all; its ARN."""
    iam = lab.client("iam")
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust({"Service": service}))
    allow(lab, name, *actions)
    return str(made["Role"]["Arn"])


def allow(lab: ProofLab, name: str, *actions: str, resource: Any = "*") -> None:
    """Let a role do these actions and no others, as far as this policy goes."""
    if actions:
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": resource}
        lab.client("iam").put_role_policy(
            RoleName=name, PolicyName="rights", PolicyDocument=document(statement)
        )


def instance(lab: ProofLab, *actions: str) -> None:
    """The cluster shop with one instance, whose role `own` may call ECS and do these actions."""
    scene.cluster(lab)
    role(lab, "own", "ecs:*", *actions, service="ec2.amazonaws.com")
    iam = lab.client("iam")
    iam.create_instance_profile(InstanceProfileName="own")
    iam.add_role_to_instance_profile(InstanceProfileName="own", RoleName="own")
    scene.launch(lab, "ECS_CLUSTER=shop", IamInstanceProfile={"Name": "own"})
    lab.wait(scene.BOOT_S)


def image(lab: ProofLab) -> str:
    """A private image of Amazon ECR."""
    return lab.registry.push("web:1", script="import time; time.sleep(100_000)")


def secret(lab: ProofLab, text: str = "tea-time", **key: str) -> str:
    """A secret; its ARN."""
    manager = lab.client("secretsmanager")
    return str(manager.create_secret(Name="db", SecretString=text, **key)["ARN"])


def start(lab: ProofLab, launch_type: str = "EC2") -> tuple[bool, str]:
    """Run a task of the family web: whether it runs, and in words what became of it."""
    (task,) = scene.run_task(lab, launchType=launch_type)["tasks"]
    said = task.get("stoppedReason") or task["lastStatus"]
    return task["lastStatus"] == "RUNNING", said


def decisions(lab: ProofLab, role_arn: str, *actions: str) -> dict[str, str]:
    """What IAM's simulator decides for each action of a role."""
    asked = lab.client("iam").simulate_principal_policy(
        PolicySourceArn=role_arn, ActionNames=list(actions)
    )
    return {each["EvalActionName"]: each["EvalDecision"] for each in asked["EvaluationResults"]}


def said_by_task(lab: ProofLab, launch_type: str) -> str:
    """Run a task of the family web: what its program wrote, in one line."""
    (task,) = scene.run_task(lab, launchType=launch_type)["tasks"]
    return " ".join(line.text for line in lab.logs(task["taskArn"]))


def attempt(container: Inside, call: Callable[[], object]) -> None:
    """Write whether a call of AWS is allowed to the program."""
    try:
        call()
    except (ClientError, NoCredentialsError) as error:
        container.print(error)
    else:
        container.print("allowed")


def tables(container: Inside) -> None:
    """A program that lists the tables of DynamoDB."""
    attempt(container, boto3.client("dynamodb").list_tables)


def buckets(container: Inside) -> None:
    """A program that lists the buckets of S3."""
    attempt(container, boto3.client("s3").list_buckets)


def metadata(container: Inside) -> None:
    """A program that says who it is, and tries the instance metadata service."""
    container.print(boto3.client("sts").get_caller_identity()["Arn"])
    address = "http://169.254.169.254/latest/api/token"
    header = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}
    try:
        urllib.request.urlopen(urllib.request.Request(address, method="PUT", headers=header))
    except OSError as error:
        container.print("closed:", error)
    else:
        container.print("open")


def surroundings(container: Inside) -> None:
    """A program that writes what it finds of credentials."""
    for name in os.environ:
        if name.startswith("AWS_"):
            container.print(name)
    if Path("~/.aws/credentials").expanduser().exists():
        container.print("~/.aws/credentials")


@proof
def registry_auth_refused(lab: ProofLab, option: Options) -> None:
    """Run the task with roles that have no rights, and try the changes one by one."""
    scene.cluster(lab)
    web = scene.container(image=image(lab))
    roles = {"executionRoleArn": role(lab, "web-start"), "taskRoleArn": role(lab, "web-code")}
    scene.fargate_definition(lab, web, **roles)
    _, said = start(lab, "FARGATE")
    assert "web-start" in said, said
    option("Create an interface endpoint").holds_if("timeout" in said, said)
    swapped = {"executionRoleArn": roles["taskRoleArn"], "taskRoleArn": roles["executionRoleArn"]}
    scene.fargate_definition(lab, web, **swapped)
    option("Name web-code and web-start").holds_if(*start(lab, "FARGATE"))
    scene.fargate_definition(lab, web, **roles)
    allow(lab, "web-code", *ECR)
    option("Allow the actions of Amazon ECR").holds_if(*start(lab, "FARGATE"))
    lab.client("iam").attach_role_policy(RoleName="web-start", PolicyArn=START_POLICY)
    option("Attach AmazonECSTaskExecutionRolePolicy").holds_if(*start(lab, "FARGATE"))


@proof
def image_on_ec2(lab: ProofLab, option: Options) -> None:
    """An instance whose role knows nothing of ECR; then the task role, then its own is mended."""
    instance(lab, ECR[0])
    web = scene.container(image=image(lab))
    named = {"executionRoleArn": lab.roles["ecsTaskExecutionRole"]}
    scene.definition(lab, web, **named)
    runs, said = start(lab)
    assert not runs, said
    scene.definition(lab, web, **named, taskRoleArn=role(lab, "code", *ECR))
    option("Add a task role").holds_if(*start(lab))
    allow(lab, "own", "ecs:*", *ECR)
    scene.definition(lab, web, **named)
    option("Allow the ECR actions").holds_if(*start(lab))


@proof
def secret_on_ec2(lab: ProofLab, option: Options) -> None:
    """The secret is allowed to the instance, then to the task role, then to the execution role."""
    instance(lab, FETCH)
    wanted = [{"name": "DB", "valueFrom": secret(lab)}]
    named = {"executionRoleArn": role(lab, "starter", *LOGS)}
    scene.definition(lab, scene.container(secrets=wanted), **named)
    runs, said = start(lab)
    assert not runs, said
    allow(lab, "own", "ecs:*", "secretsmanager:*")
    option("Attach SecretsManagerReadWrite").holds_if(*start(lab))
    code = role(lab, "code", FETCH)
    scene.definition(lab, scene.container(secrets=wanted), **named, taskRoleArn=code)
    option("Name a task role").holds_if(*start(lab))
    allow(lab, "starter", FETCH)
    option("Allow secretsmanager:GetSecretValue").holds_if(*start(lab))


@proof
def execution_role_on_ec2(lab: ProofLab, option: Options) -> None:
    """An execution role without any right: what goes wrong is what is done with it."""
    instance(lab, *ECR)
    option("It registers the instance").holds_if(
        not scene.instances(lab), "the instance has registered before there was a task"
    )
    named = {"executionRoleArn": role(lab, "starter")}
    scene.definition(lab, scene.container(image=image(lab)), **named)
    runs, said = start(lab)
    option("It pulls the image").holds_if(not runs, said)
    lab.client("ssm").put_parameter(Name="/shop/db", Value="tea-time", Type="SecureString")
    wanted = [{"name": "DB", "valueFrom": "/shop/db"}]
    scene.definition(lab, scene.container(secrets=wanted), **named)
    runs, said = start(lab)
    option("It fetches a parameter").holds_if("/starter/" in said, said)
    login = {"credentialsParameter": secret(lab, LOGIN)}
    scene.definition(lab, scene.container(image=OUTSIDE, repositoryCredentials=login), **named)
    runs, said = start(lab)
    option("It reads the secret").holds_if("/starter/" in said, said)


@proof
def agent_credentials(lab: ProofLab, option: Options) -> None:
    """Launch an instance without a profile, and one with the profile."""
    scene.cluster(lab)
    scene.launch(lab, "ECS_CLUSTER=shop", IamInstanceProfile=None)
    lab.wait(scene.BOOT_S)
    alone = len(scene.instances(lab))
    option("By the service-linked role").holds_if(alone, f"{alone} instances without a profile")
    scene.launch(lab, "ECS_CLUSTER=shop")
    lab.wait(scene.BOOT_S)
    found = len(scene.instances(lab))
    lab.diagram("Two instances, one with an instance profile")
    option("By an instance profile").holds_if(found == 1, f"{found} registered with the profile")


@proof
def from_instance_to_fargate(lab: ProofLab, option: Options) -> None:
    """The same program on EC2 without a task role, and on Fargate with each of the roles."""
    instance(lab, *ECR, "dynamodb:*")
    web = scene.container(image=lab.registry.push("web:1", script=tables))
    scene.definition(lab, web)
    assert said_by_task(lab, "EC2") == "allowed", "the instance's credentials do on EC2"
    starter = role(lab, "starter", *ECR, "dynamodb:*")
    scene.fargate_definition(lab, web, executionRoleArn=starter)
    said = said_by_task(lab, "FARGATE")
    option("Add the DynamoDB permissions").holds_if(said == "allowed", said)
    code = role(lab, "code", "dynamodb:*")
    scene.fargate_definition(lab, web, executionRoleArn=starter, taskRoleArn=code)
    said = said_by_task(lab, "FARGATE")
    option("Make a task role").holds_if(said == "allowed", said)


@proof
def two_services(lab: ProofLab, option: Options) -> None:
    """Two task definitions for one instance, whose task roles differ; then execution roles."""
    instance(lab, *ECR)
    web = scene.container(image=lab.registry.push("web:1", script=buckets))
    said = {}
    for name, action in (("payroll", "s3:*"), ("other", "logs:PutLogEvents")):
        scene.definition(lab, web, taskRoleArn=role(lab, name, action))
        said[name] = said_by_task(lab, "EC2")
    option("Give each task definition a task role").holds_if(
        said["payroll"] == "allowed" != said["other"], said
    )
    scene.definition(lab, web, executionRoleArn=role(lab, "starter", "s3:*"))
    found = said_by_task(lab, "EC2")
    option("Give each task definition an execution role").holds_if(found == "allowed", found)


@proof
def nothing_inherited(lab: ProofLab, option: Options) -> None:
    """An instance role with all of S3; the program without a task role, and with one."""
    instance(lab, *ECR, "s3:*")
    web = scene.container(image=lab.registry.push("web:1", script=buckets))
    scene.definition(lab, web)
    assert said_by_task(lab, "EC2") == "allowed", "without a task role the instance's role counts"
    scene.definition(lab, web, taskRoleArn=role(lab, "code", "dynamodb:GetItem"))
    found = said_by_task(lab, "EC2")
    option("The call is denied").holds_if("AccessDenied" in found, found)
    option("The call is allowed, because the instance").holds_if(found == "allowed", found)


@proof
def block_instance_metadata(lab: ProofLab, option: Options) -> None:
    """A program in awsvpc mode asks for the instance's role, under three settings of the agent."""
    scene.cluster(lab)
    web = scene.container(image=lab.registry.push("web:1", script=metadata))
    own = {"networkMode": "awsvpc", "taskRoleArn": lab.roles["shopTaskRole"]}
    scene.definition(lab, web, **own)
    settings = {
        "": "",
        "Set ECS_AWSVPC_BLOCK_IMDS": "ECS_AWSVPC_BLOCK_IMDS=true",
        "Set ECS_ENABLE_TASK_IAM_ROLE": "ECS_ENABLE_TASK_IAM_ROLE=false",
    }
    for name, (text, line) in zip("abc", settings.items(), strict=True):
        mark = f'ECS_INSTANCE_ATTRIBUTES={{"name":"{name}"}}'
        scene.launch(lab, f"ECS_CLUSTER=shop\n{mark}\n{line}")
        lab.wait(scene.BOOT_S)
        here = [{"type": "memberOf", "expression": f"attribute:name == {name}"}]
        answer = scene.run_task(
            lab, placementConstraints=here, networkConfiguration=scene.network(lab)
        )
        found = " ".join(
            [each.text for task in answer["tasks"] for each in lab.logs(task["taskArn"])]
            or [each["reason"] for each in answer["failures"]]
        )
        if text:
            closed = "closed" in found and "assumed-role/shopTaskRole" in found
            option(text).holds_if(closed, found)
        else:
            assert "open" in found, found


@proof
def where_sdks_look(lab: ProofLab, option: Options) -> None:
    """A program with a task role looks at its variables and files."""
    scene.cluster(lab)
    web = scene.container(image=lab.registry.push("web:1", script=surroundings))
    scene.fargate_definition(lab, web, taskRoleArn=lab.roles["shopTaskRole"])
    answer = scene.run_task(lab, launchType="FARGATE")
    found = [line.text for line in lab.logs(answer["tasks"][0]["taskArn"])]
    seen = ", ".join(found)
    option("From the path in").holds_if("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI" in found, seen)
    option("From AWS_ACCESS_KEY_ID").holds_if("AWS_ACCESS_KEY_ID" in found, seen)
    option("From the file").holds_if("~/.aws/credentials" in found, seen)


@proof
def unable_to_assume(lab: ProofLab, option: Options) -> None:
    """A role with all rights that trusts EC2; then with another trust policy."""
    scene.cluster(lab)
    scene.fargate_definition(lab, taskRoleArn=role(lab, "code", "*", service="ec2.amazonaws.com"))
    refused = scene.refusal(scene.run_task, lab, launchType="FARGATE")
    assert "unable to assume the role" in refused, refused
    option("The role has no policy for Amazon ECR").holds_if(False, "its policy allows everything")
    lab.client("iam").update_assume_role_policy(
        RoleName="code", PolicyDocument=trust({"Service": TASKS})
    )
    option("The role's trust policy").holds_if(*start(lab, "FARGATE"))


@proof
def trusted_service(lab: ProofLab, option: Options) -> None:
    """A role for each of the names, and a task with each of the roles."""
    scene.cluster(lab)
    for number, service in enumerate(option):
        scene.fargate_definition(lab, taskRoleArn=role(lab, f"role-{number}", service=service))
        refused = scene.refusal(scene.run_task, lab, launchType="FARGATE")
        option(service).holds_if(not refused, refused or "the task runs")


@proof
def who_makes_interfaces(lab: ProofLab, option: Options) -> None:
    """Ask IAM's simulator which of the roles may create network interfaces."""
    scene.cluster(lab)
    linked = lab.client("iam").get_role(RoleName="AWSServiceRoleForECS")["Role"]["Arn"]
    roles = {
        "The task execution role": lab.roles["ecsTaskExecutionRole"],
        "The role AWSServiceRoleForECS": linked,
        "The container instance role": lab.roles["ecsInstanceRole"],
        "The task role": lab.roles["shopTaskRole"],
    }
    for start_of_text, arn in roles.items():
        (decided,) = decisions(lab, arn, "ec2:CreateNetworkInterface").values()
        option(start_of_text).holds_if(
            decided == "allowed", f"ec2:CreateNetworkInterface: {decided}"
        )


@proof
def pipeline_cannot_register(lab: ProofLab, option: Options) -> None:
    """Register as the pipeline, with each of the permissions beside ecs:*."""
    role(lab, "pipeline")
    roles = {"executionRoleArn": lab.roles["ecsTaskExecutionRole"]}
    roles["taskRoleArn"] = lab.roles["shopTaskRole"]
    for text in option:
        allow(lab, "pipeline", "ecs:*", text.split()[0])
        with lab.acting_as("pipeline"):
            refused = scene.refusal(scene.fargate_definition, lab, **roles)
        option(text).holds_if(not refused, refused or "the task definition is registered")


@proof
def pass_any_role(lab: ProofLab, option: Options) -> None:
    """Register a task definition with an administrator's role, before and after the change."""
    powerful, calls = role(lab, "admin", "*"), ("ecs:*", "iam:PassRole")
    role(lab, "developer", *calls)
    with lab.acting_as("developer"):
        refused = scene.refusal(scene.fargate_definition, lab, taskRoleArn=powerful)
    assert not refused, "with iam:PassRole on * any role can be passed"
    own = [lab.roles["shopTaskRole"], lab.roles["ecsTaskExecutionRole"]]
    pass_own = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": own}
    call = {"Effect": "Allow", "Action": "ecs:*", "Resource": "*"}
    lab.client("iam").put_role_policy(
        RoleName="developer", PolicyName="rights", PolicyDocument=document(call, pass_own)
    )
    with lab.acting_as("developer"):
        refused = scene.refusal(scene.fargate_definition, lab, taskRoleArn=powerful)
        works = not scene.refusal(scene.fargate_definition, lab, taskRoleArn=own[0])
    option("Limit the resource").holds_if(refused and works, refused)


@proof
def registry_outside_aws(lab: ProofLab, option: Options) -> None:
    """Run the image with the login as a secret, and give the permission to one role or other."""
    scene.cluster(lab)
    login = secret(lab, LOGIN)
    web = scene.container(image=OUTSIDE, repositoryCredentials={"credentialsParameter": login})
    roles = {"executionRoleArn": role(lab, "starter", *ECR), "taskRoleArn": role(lab, "code")}
    scene.fargate_definition(lab, web, **roles)
    runs, said = start(lab, "FARGATE")
    option("ecr:GetAuthorizationToken").holds_if(runs, said)
    allow(lab, "code", FETCH, resource=login)
    option("secretsmanager:GetSecretValue for that secret in the task role").holds_if(
        *start(lab, "FARGATE")
    )
    allow(lab, "starter", FETCH, resource=login)
    runs, said = start(lab, "FARGATE")
    option("secretsmanager:GetSecretValue for that secret in the task execution").holds_if(
        runs, said
    )
    option("A container definition whose").holds_if(runs, said)


@proof
def registry_secret_key(lab: ProofLab, option: Options) -> None:
    """A secret with a key of one's own; the permissions are tried one by one."""
    scene.cluster(lab)
    key = lab.client("kms").create_key()["KeyMetadata"]["Arn"]
    login = secret(lab, LOGIN, KmsKeyId=key)
    web = scene.container(image=OUTSIDE, repositoryCredentials={"credentialsParameter": login})
    roles = {"executionRoleArn": role(lab, "starter"), "taskRoleArn": role(lab, "code")}
    scene.fargate_definition(lab, web, **roles)
    allow(lab, "starter", FETCH, "secretsmanager:DescribeSecret")
    option("secretsmanager:DescribeSecret").holds_if(*start(lab, "FARGATE"))
    allow(lab, "code", "kms:Decrypt")
    option("kms:Decrypt for the key in the task role").holds_if(*start(lab, "FARGATE"))
    allow(lab, "starter", FETCH, "kms:Encrypt")
    option("kms:Encrypt").holds_if(*start(lab, "FARGATE"))
    allow(lab, "starter", FETCH, "kms:Decrypt")
    option("kms:Decrypt for the key in the task execution role").holds_if(*start(lab, "FARGATE"))


@proof
def managed_policy_lacks(lab: ProofLab, option: Options) -> None:
    """Ask IAM's simulator which of the actions the managed policy does not allow."""
    decided = decisions(lab, lab.roles["ecsTaskExecutionRole"], *option)
    for action, decision in decided.items():
        option(action).holds_if(decision != "allowed", decision)


@proof
def logs_without_execution_role(lab: ProofLab, option: Options) -> None:
    """The instance's role without the actions of logs, then the task role, then the instance's."""
    instance(lab)
    lab.client("logs").create_log_group(logGroupName="/shop")
    options = {"awslogs-group": "/shop", "awslogs-region": lab.region}
    web = scene.container(logConfiguration={"logDriver": "awslogs", "options": options})
    scene.definition(lab, web)
    option("No role").holds_if(*start(lab))
    scene.definition(lab, web, taskRoleArn=role(lab, "code", *LOGS))
    option("The task role").holds_if(*start(lab))
    allow(lab, "own", "ecs:*", *LOGS)
    scene.definition(lab, web)
    option("The container instance role").holds_if(*start(lab))


def who_and_how(container: Inside) -> None:
    """A program that lists buckets, and says what kind of credentials it has."""
    attempt(container, boto3.client("s3").list_buckets)
    session = boto3.Session()
    found = session.get_credentials()
    container.print("for a time" if found and found.token else "for good")


@proof
def role_or_keys(lab: ProofLab, option: Options) -> None:
    """A program with a task role that may list buckets, and no key in its image."""
    scene.cluster(lab)
    web = scene.container(image=lab.registry.push("web:1", script=who_and_how))
    allowed = role(lab, "code", "s3:ListAllMyBuckets")
    scene.fargate_definition(lab, web, taskRoleArn=allowed, requiresCompatibilities=["FARGATE"])
    found = said_by_task(lab, "FARGATE")
    option("A task role").holds_if(found == "allowed for a time", found)
