"""Proofs of the questions on secrets and configuration."""

import json
import re
from typing import Any

from ecs_lab.quiz import scene
from ecs_lab.quiz.proofs import Options, proof
from ecs_lab.quiz.trace import ProofLab

FETCH = "secretsmanager:GetSecretValue"
WAIT_S = 120
GIVE_UP_S = 900
"""Longer than the tries of a task that finds no way to a service."""


def role(lab: ProofLab, name: str, *actions: str) -> str:
    """Make a role for tasks that may do these actions on all; its ARN."""
    service = {"Service": "ecs-tasks.amazonaws.com"}
    trust = {"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    made = lab.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document)
    allow(lab, name, *actions)
    return str(made["Role"]["Arn"])


def allow(lab: ProofLab, name: str, *actions: str) -> None:
    """Let a role do these actions on all, and nothing else."""
    if actions:
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        lab.client("iam").put_role_policy(
            RoleName=name, PolicyName="rights", PolicyDocument=document
        )


def shop(lab: ProofLab, *actions: str) -> dict[str, str]:
    """The cluster shop, and the roles of tasks: the execution role may do these actions."""
    scene.cluster(lab)
    return {
        "executionRoleArn": role(lab, "starter", *actions),
        "taskRoleArn": role(lab, "code", "ssmmessages:*"),
    }


def secret(lab: ProofLab, text: str = "tea-time", **more: str) -> str:
    """The secret db; its ARN."""
    manager = lab.client("secretsmanager")
    return str(manager.create_secret(Name="db", SecretString=text, **more)["ARN"])


def reference(value_from: str, name: str = "DB") -> dict[str, Any]:
    """A container definition with one reference."""
    return scene.container(secrets=[{"name": name, "valueFrom": value_from}])


def start(lab: ProofLab, wait_s: float = WAIT_S) -> dict[str, Any]:
    """A task of the family web on Fargate, as it is when it had time to start."""
    ecs = lab.client("ecs")
    task = ecs.run_task(
        cluster=scene.CLUSTER,
        taskDefinition="web",
        launchType="FARGATE",
        enableExecuteCommand=True,
        networkConfiguration=scene.network(lab),
    )["tasks"][0]
    lab.wait(wait_s)
    found = ecs.describe_tasks(cluster=scene.CLUSTER, tasks=[task["taskArn"]])["tasks"][0]
    return dict(found)


def runs(lab: ProofLab, wait_s: float = WAIT_S) -> tuple[bool, str]:
    """Whether a task of the family web starts, and what is said of it."""
    task = start(lab, wait_s)
    return task["lastStatus"] == "RUNNING", task.get("stoppedReason") or task["lastStatus"]


def finds(lab: ProofLab, name: str = "DB") -> str:
    """What a new container finds in a variable, or why its task has stopped."""
    task = start(lab)
    if task["lastStatus"] != "RUNNING":
        return str(task["stoppedReason"])
    return lab.exec(task["taskArn"], f"printenv {name}").strip()


def put_file(lab: ProofLab, key: str, text: str) -> dict[str, str]:
    """Put a file into the bucket config; an entry of environmentFiles."""
    lab.client("s3").create_bucket(Bucket="shop-config")
    lab.client("s3").put_object(Bucket="shop-config", Key=key, Body=text.encode())
    return {"type": "s3", "value": f"arn:aws:s3:::shop-config/{key}"}


@proof
def out_of_the_definition(lab: ProofLab, option: Options) -> None:
    """Give the password by reference; look into the task definition and into the container."""
    roles = shop(lab, FETCH)
    named = scene.fargate_definition(lab, reference(secret(lab)), **roles)
    shown = lab.client("ecs").describe_task_definition(taskDefinition=named)
    readable = "tea-time" in json.dumps(shown, default=str)
    found = finds(lab)
    option("Reference a Secrets Manager secret").holds_if(
        found == "tea-time" and not readable, f"the container finds {found}"
    )


@proof
def two_stores(lab: ProofLab, option: Options) -> None:
    """Start a task with a reference to each of two stores, and try to name the others."""
    roles = shop(lab, FETCH, "ssm:GetParameters")
    lab.client("ssm").put_parameter(Name="/db", Value="tea-time", Type="SecureString")
    references = {
        "A parameter of Systems Manager": "/db",
        "A secret of AWS Secrets Manager": secret(lab),
        "An object in Amazon S3": "arn:aws:s3:::shop-config/web.env",
        "An item in an Amazon DynamoDB": f"arn:aws:dynamodb:{lab.region}:123456789012:table/db",
    }
    for text, value_from in references.items():
        refused = scene.refusal(scene.fargate_definition, lab, reference(value_from), **roles)
        found = refused or finds(lab)
        option(text).holds_if(found == "tea-time", found)


@proof
def who_can_read_plain(lab: ProofLab, option: Options) -> None:
    """Another principal, with this one permission, describes the task definition."""
    plain = scene.container(environment=[{"name": "KEY", "value": "k-42"}])
    named = scene.fargate_definition(lab, plain)
    role(lab, "reader", "ecs:DescribeTaskDefinition")
    with lab.acting_as("reader"):
        shown = lab.client("ecs").describe_task_definition(taskDefinition=named)
    values = shown["taskDefinition"]["containerDefinitions"][0]["environment"]
    readable = values == [{"name": "KEY", "value": "k-42"}]
    option("Everybody who may call").holds_if(readable, values)
    for text in ("Only the containers", "Only who may decrypt", "Only the user"):
        option(text).holds_if(not readable, values)


@proof
def task_does_not_start(lab: ProofLab, option: Options) -> None:
    """Give the permission to one role after the other."""
    roles = shop(lab, "logs:PutLogEvents")
    scene.fargate_definition(lab, reference(secret(lab)), **roles)
    started, said = runs(lab)
    assert not started, said
    option("An interface endpoint").holds_if("connection issue" in said, said)
    allow(lab, "code", FETCH)
    option(f"{FETCH} for the secret, to the task").holds_if(*runs(lab))
    allow(lab, "starter", "secretsmanager:ListSecrets")
    option("secretsmanager:ListSecrets").holds_if(*runs(lab))
    allow(lab, "starter", FETCH)
    option(f"{FETCH} for the secret, to the execution").holds_if(*runs(lab))


@proof
def parameter_permission(lab: ProofLab, option: Options) -> None:
    """Give the execution role each of the permissions by turns."""
    roles = shop(lab)
    lab.client("ssm").put_parameter(Name="/db", Value="tea-time", Type="SecureString")
    scene.fargate_definition(lab, reference("/db"), **roles)
    for text in option:
        allow(lab, "starter", text.split()[0])
        option(text).holds_if(*runs(lab))


@proof
def customer_managed_key(lab: ProofLab, option: Options) -> None:
    """Move the secret to a key of one's own, and try the permissions."""
    roles = shop(lab, FETCH)
    arn = secret(lab)
    scene.fargate_definition(lab, reference(arn), **roles)
    started, said = runs(lab)
    assert started, said
    key = lab.client("kms").create_key()["KeyMetadata"]["Arn"]
    lab.client("secretsmanager").update_secret(SecretId=arn, KmsKeyId=key)
    started, said = runs(lab)
    assert not started, said
    allow(lab, "code", "kms:Decrypt", "ssmmessages:*")
    option("Decryption (kms:Decrypt) with this key, for the task").holds_if(*runs(lab))
    allow(lab, "starter", FETCH, "kms:GenerateDataKey")
    option("Data keys").holds_if(*runs(lab))
    allow(lab, "starter", FETCH, "kms:Decrypt")
    option("Decryption (kms:Decrypt) with this key, for the execution").holds_if(*runs(lab))


@proof
def need_an_execution_role(lab: ProofLab, option: Options) -> None:
    """Register for EC2 with each of the changes."""
    web = reference(secret(lab))
    changes = {
        "A taskRoleArn": {"taskRoleArn": lab.roles["shopTaskRole"]},
        "A network mode": {"networkMode": "awsvpc"},
        "An executionRoleArn": {"executionRoleArn": lab.roles["ecsTaskExecutionRole"]},
    }
    for text, change in changes.items():
        refused = scene.refusal(scene.definition, lab, web, **change)
        option(text).holds_if(not refused, refused or "it is registered")


@proof
def rotated_but_old(lab: ProofLab, option: Options) -> None:
    """A service, a new value, a wait of a day, and then a forced deployment."""
    roles = shop(lab, FETCH)
    arn = secret(lab)
    scene.fargate_definition(lab, reference(arn), **roles)
    scene.service(lab, launchType="FARGATE", count=1, enableExecuteCommand=True)
    lab.client("secretsmanager").put_secret_value(SecretId=arn, SecretString="earl-grey")
    lab.wait(86_400)
    (task,) = scene.tasks(lab)
    found = lab.exec(task["taskArn"], "printenv DB").strip()
    option("Wait until ECS reads").holds_if(found == "earl-grey", f"after a day: {found}")
    lab.client("ecs").update_service(cluster="shop", service="web", forceNewDeployment=True)
    lab.settle()
    (task,) = scene.tasks(lab)
    found = lab.exec(task["taskArn"], "printenv DB").strip()
    option("Update the service with").holds_if(found == "earl-grey", f"new task: {found}")


@proof
def when_a_value_is_read(lab: ProofLab, option: Options) -> None:
    """Change the value between registering and starting, and again while the task runs."""
    roles = shop(lab, FETCH)
    arn = secret(lab, "one")
    scene.fargate_definition(lab, reference(arn), **roles)
    manager = lab.client("secretsmanager")
    manager.put_secret_value(SecretId=arn, SecretString="two")
    task = start(lab)
    manager.put_secret_value(SecretId=arn, SecretString="three")
    lab.wait(WAIT_S)
    found = lab.exec(task["taskArn"], "printenv DB").strip()
    option("When the task definition").holds_if(found == "one", found)
    option("When the container starts").holds_if(found == "two", found)
    option("Each time the program").holds_if(found == "three", found)
    option("Whenever Secrets Manager").holds_if(found == "three", found)


@proof
def one_json_key(lab: ProofLab, option: Options) -> None:
    """Start a task with each of the endings."""
    roles = shop(lab, FETCH)
    arn = secret(lab, json.dumps({"username": "shop", "password": "tea-time"}))
    for text in option:
        ending = text.split()[-1]
        web = reference(arn + ending)
        refused = scene.refusal(scene.fargate_definition, lab, web, **roles)
        found = refused or finds(lab)
        option(text).holds_if(found == "tea-time", found)


@proof
def previous_version(lab: ProofLab, option: Options) -> None:
    """A reference to a version by its id, a new version, and a new task."""
    roles = shop(lab, FETCH)
    manager = lab.client("secretsmanager")
    arn = secret(lab, json.dumps({"password": "tea-time"}))
    version = manager.get_secret_value(SecretId=arn)["VersionId"]
    scene.fargate_definition(lab, reference(f"{arn}:password::{version}"), **roles)
    manager.put_secret_value(SecretId=arn, SecretString=json.dumps({"password": "earl-grey"}))
    found = finds(lab)
    option("The password of the version that").holds_if(found == "tea-time", found)
    option("The password of the version labelled").holds_if(found == "earl-grey", found)
    option("An error").holds_if("Error" in found, found)
    option("The whole JSON").holds_if(found.startswith("{"), found)


@proof
def key_misspelt(lab: ProofLab, option: Options) -> None:
    """Register and start with a key that the secret does not have."""
    roles = shop(lab, FETCH)
    arn = secret(lab, json.dumps({"password": "tea-time"}))
    web = reference(f"{arn}:pasword::")
    refused = scene.refusal(scene.fargate_definition, lab, web, **roles)
    option("RegisterTaskDefinition is refused").holds_if(refused, "it is registered")
    started, said = runs(lab)
    option("The task stops").holds_if(not started, said)
    option("The container starts, and").holds_if(started, said)
    option("The container starts with").holds_if(started, said)


@proof
def file_or_value(lab: ProofLab, option: Options) -> None:
    """MODE in a file and in environment."""
    roles = shop(lab, "s3:GetObject", "s3:GetBucketLocation")
    web = scene.container(
        environmentFiles=[put_file(lab, "web.env", "MODE=live\n")],
        environment=[{"name": "MODE", "value": "test"}],
    )
    scene.fargate_definition(lab, web, **roles)
    found = finds(lab, "MODE")
    option.values(
        found,
        {"live, because": "live", "Nothing": "", "live,test": "live,test", "test, because": "test"},
        "MODE is {}",
    )


@proof
def file_permissions(lab: ProofLab, option: Options) -> None:
    """Give the permissions to the task role, then others and the right ones to the agent's."""
    roles = shop(lab, "logs:PutLogEvents")
    web = scene.container(environmentFiles=[put_file(lab, "web.env", "MODE=live\n")])
    scene.fargate_definition(lab, web, **roles)
    allow(lab, "code", "s3:GetObject", "s3:GetBucketLocation")
    option("s3:GetObject and s3:GetBucketLocation in the task").holds_if(*runs(lab))
    allow(lab, "starter", "s3:ListBucket", "s3:PutObject")
    option("s3:ListBucket and").holds_if(*runs(lab))
    allow(lab, "starter", "s3:GetObject", "s3:GetBucketLocation")
    option("s3:GetObject and s3:GetBucketLocation in the execution").holds_if(*runs(lab))


@proof
def file_rules(lab: ProofLab, option: Options) -> None:
    """Register with other endings and numbers of files, and look at a value with marks."""
    roles = shop(lab, "s3:GetObject", "s3:GetBucketLocation")

    def refused(*files: dict[str, str]) -> str:
        web = scene.container(environmentFiles=list(files))
        return scene.refusal(scene.fargate_definition, lab, web, **roles)

    text = put_file(lab, "web.txt", "MODE=live\n")
    option("Their names must end").holds_if(refused(text), refused(text))
    many = [{"type": "s3", "value": f"arn:aws:s3:::shop-config/{n}.env"} for n in range(11)]
    ten, eleven = refused(*many[:10]), refused(*many)
    option("A container definition can list").holds_if(eleven and not ten, eleven)
    assert not refused(put_file(lab, "web.env", 'MODE="live"\n'))
    found = finds(lab, "MODE")
    option("Quotation marks").holds_if(found == "live", f"MODE is {found}")


@proof
def from_a_private_subnet(lab: ProofLab, option: Options) -> None:
    """Take the way out from the private subnets, then make an endpoint for Secrets Manager."""
    roles = shop(lab, FETCH)
    ec2 = lab.client("ec2")
    arn = secret(lab)
    scene.fargate_definition(lab, reference(arn), **roles)
    where = {"Filters": [{"Name": "association.subnet-id",
                          "Values": list(lab.network.private_subnets)}]}  # fmt: skip
    for table in ec2.describe_route_tables(**where)["RouteTables"]:
        ec2.delete_route(RouteTableId=table["RouteTableId"], DestinationCidrBlock="0.0.0.0/0")
    _, said = runs(lab, GIVE_UP_S)
    assert "Secrets Manager" in said, said
    ec2.create_vpc_endpoint(
        VpcId=lab.network.vpc_id,
        ServiceName=f"com.amazonaws.{lab.region}.secretsmanager",
        VpcEndpointType="Interface",
        SubnetIds=list(lab.network.private_subnets),
        SecurityGroupIds=[lab.network.security_groups["tasks"]],
        PrivateDnsEnabled=True,
    )
    group = lab.network.security_groups["tasks"]
    inward = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    ec2.authorize_security_group_ingress(
        GroupId=group, IpPermissions=[inward | {"UserIdGroupPairs": [{"GroupId": group}]}]
    )
    _, after = runs(lab, GIVE_UP_S)
    option("An interface endpoint").holds_if("Secrets Manager" not in after, after)


@proof
def name_in_both_lists(lab: ProofLab, option: Options) -> None:
    """Register a container definition that has DB twice."""
    web = reference(secret(lab)) | {"environment": [{"name": "DB", "value": "me"}]}
    refused = scene.refusal(scene.fargate_definition, lab, web)
    option("It is refused").holds_if(refused, refused)
    for rest in ("the value of environment", "the value of the secret", "tasks fail"):
        option(f"It is accepted, and {rest}").holds_if(not refused, refused)


@proof
def whole_region_name(lab: ProofLab, option: Options) -> None:
    """A parameter in another Region, named in several ways."""
    roles = shop(lab, "ssm:GetParameters")
    there = "eu-west-1"
    lab.client("ssm", region_name=there).put_parameter(
        Name="/shop/key", Value="k-42", Type="SecureString"
    )
    names = {
        "Give the execution role": "/shop/key",
        "Write the Region before": f"{there}:/shop/key",
        "Reference the parameter": f"arn:aws:ssm:{there}:123456789012:parameter/shop/key",
    }
    for text, value_from in names.items():
        web = reference(value_from, "KEY")
        refused = scene.refusal(scene.fargate_definition, lab, web, **roles)
        found = refused or finds(lab, "KEY")
        option(text).holds_if(found == "k-42", re.sub(r"\s+", " ", found))


@proof
def forced_after_rotation(lab: ProofLab, option: Options) -> None:
    """A new value; then more tasks beside the old ones, or a forced deployment."""
    roles = shop(lab, FETCH)
    arn = secret(lab)
    scene.fargate_definition(lab, reference(arn), **roles)
    scene.service(lab, launchType="FARGATE", count=1, enableExecuteCommand=True)
    lab.client("secretsmanager").put_secret_value(SecretId=arn, SecretString="earl-grey")
    ecs = lab.client("ecs")

    def after(**change: Any) -> list[str]:
        ecs.update_service(cluster="shop", service="web", **change)
        lab.settle()
        arns = [task["taskArn"] for task in scene.tasks(lab)]
        return sorted(lab.exec(each, "printenv DB").strip() for each in arns)

    both = after(desiredCount=2)
    found = f"the tasks have {' and '.join(both)}"
    option("A CloudWatch alarm").holds_if(set(both) == {"earl-grey"}, found)
    forced = after(forceNewDeployment=True)
    found = f"the tasks have {' and '.join(forced)}"
    option("An EventBridge rule").holds_if(set(forced) == {"earl-grey"}, found)
