"""Requests are done only if whoever signed them may do them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from access_roles import ACCOUNT, allow, deny, make_role, make_user, policy
from botocore.exceptions import ClientError

from ecs_lab import Lab

if TYPE_CHECKING:
    from collections.abc import Callable

ROLE = f"arn:aws:iam::{ACCOUNT}:role"
TASK_DEFINITIONS = f"arn:aws:ecs:us-east-1:{ACCOUNT}:task-definition"
EXECUTION_ROLE = f"{ROLE}/ecsTaskExecutionRole"


def refused(call: Callable[..., Any], **request: Any) -> tuple[int, str, str]:
    """Status, code and message of the error that a call gets."""
    with pytest.raises(ClientError) as caught:
        call(**request)
    answer = caught.value.response
    error = answer["Error"]
    return answer["ResponseMetadata"]["HTTPStatusCode"], error["Code"], error.get("Message", "")


def shop(lab: Lab, **definition: Any) -> dict[str, Any]:
    """A cluster and a task definition `web`; gives what RunTask needs."""
    ecs = lab.client("ecs")
    ecs.create_cluster(clusterName="shop")
    ecs.register_task_definition(
        family="web",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "web", "image": "nginx"}],
        **definition,
    )
    vpc = {"subnets": list(lab.network.public_subnets), "assignPublicIp": "ENABLED"}
    return {
        "cluster": "shop",
        "taskDefinition": "web",
        "launchType": "FARGATE",
        "networkConfiguration": {"awsvpcConfiguration": vpc},
    }


def test_a_denied_call_changes_nothing_and_takes_no_time(lab: Lab) -> None:
    """Its error has the code of ECS and the words of AWS."""
    make_role(lab, name="deployer")
    before = lab.now
    with lab.acting_as("deployer"):
        assert refused(lab.client("ecs").create_cluster, clusterName="shop") == (
            400,
            "AccessDeniedException",
            (
                f"User: arn:aws:sts::{ACCOUNT}:assumed-role/deployer/learner is not authorized to "
                "perform: ecs:CreateCluster on resource: "
                f"arn:aws:ecs:us-east-1:{ACCOUNT}:cluster/shop because no identity-based policy "
                "allows the ecs:CreateCluster action"
            ),
        )
    assert lab.now == before
    assert lab.client("ecs").list_clusters()["clusterArns"] == []


def test_the_administrator_is_never_denied(lab: Lab) -> None:
    """Nor is a key that the lab did not make, whatever policies there are."""
    make_role(lab, deny("*"), name="ecsInstanceRole2")
    assert lab.client("ecs").list_clusters()["clusterArns"] == []
    lab.client("ecs", aws_access_key_id="test", aws_secret_access_key="test").create_cluster(
        clusterName="shop"
    )
    assert lab.explain_last_denial() is None


def test_who_deploys_needs_to_pass_the_roles(lab: Lab) -> None:
    """ecs:RunTask alone does not do; iam:PassRole for the task definition's roles does."""
    request = shop(lab, executionRoleArn=EXECUTION_ROLE)
    make_role(lab, allow("ecs:RunTask"), name="deployer")
    with lab.acting_as("deployer"):
        status, code, message = refused(lab.client("ecs").run_task, **request)
    assert (status, code) == (400, "AccessDeniedException")
    assert message.endswith(
        f"is not authorized to perform: iam:PassRole on resource: {EXECUTION_ROLE} because no "
        "identity-based policy allows the iam:PassRole action"
    )
    to_tasks = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    lab.client("iam").put_role_policy(
        RoleName="deployer",
        PolicyName="pass",
        PolicyDocument=policy(allow("iam:PassRole", EXECUTION_ROLE, Condition=to_tasks)),
    )
    with lab.acting_as("deployer"):
        assert len(lab.client("ecs").run_task(**request)["tasks"]) == 1


@pytest.mark.parametrize(
    ("passed", "to", "allowed"),
    [
        (f"{ROLE}/*", "ecs-tasks.amazonaws.com", True),
        (f"{ROLE}/shop*", "ecs-tasks.amazonaws.com", True),
        (f"{ROLE}/ecs*", "ecs-tasks.amazonaws.com", False),
        (f"{ROLE}/*", "ec2.amazonaws.com", False),
    ],
)
def test_registering_a_definition_passes_its_roles(
    lab: Lab, passed: str, to: str, allowed: bool
) -> None:
    """To ecs-tasks.amazonaws.com, and to nobody else."""
    condition = {"StringEquals": {"iam:PassedToService": to}}
    make_role(
        lab,
        allow("ecs:RegisterTaskDefinition"),
        allow("iam:PassRole", passed, Condition=condition),
        name="deployer",
    )
    definition = {
        "family": "web",
        "taskRoleArn": f"{ROLE}/shopTaskRole",
        "containerDefinitions": [{"name": "web", "image": "nginx", "memory": 64}],
    }
    with lab.acting_as("deployer"):
        register = lab.client("ecs").register_task_definition
        if allowed:
            register(**definition)
        else:
            assert "iam:PassRole" in refused(register, **definition)[2]


@pytest.mark.parametrize(
    ("resource", "allowed"),
    [
        (f"{TASK_DEFINITIONS}/web:*", True),
        (f"{TASK_DEFINITIONS}/web:1", True),
        (f"{TASK_DEFINITIONS}/w?b:1", True),
        (f"{TASK_DEFINITIONS}/*", True),
        (f"arn:aws:ecs:*:{ACCOUNT}:task-definition/web:*", True),
        (f"{TASK_DEFINITIONS}/web:2", False),
        (f"{TASK_DEFINITIONS}/api:*", False),
        (f"arn:aws:ecs:eu-west-1:{ACCOUNT}:task-definition/web:*", False),
    ],
)
def test_a_task_definition_is_named_by_its_arn(lab: Lab, resource: str, allowed: bool) -> None:
    """A family alone means its newest revision, whose ARN the policy has to cover."""
    request = shop(lab)
    make_role(lab, allow("ecs:RunTask", resource), name="deployer")
    with lab.acting_as("deployer"):
        run = lab.client("ecs").run_task
        if allowed:
            run(**request)
        else:
            assert refused(run, **request)[1] == "AccessDeniedException"


def test_not_action_allows_all_but(lab: Lab) -> None:
    """NotAction names what is left out."""
    make_role(lab, {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, name="power")
    with lab.acting_as("power"):
        lab.client("ecs").create_cluster(clusterName="shop")
        assert refused(lab.client("iam").list_roles)[:2] == (403, "AccessDenied")


def test_a_condition_on_the_cluster(lab: Lab) -> None:
    """ecs:cluster is the cluster that a call names."""
    lab.client("ecs").create_cluster(clusterName="shop")
    lab.client("ecs").create_cluster(clusterName="test")
    shop_only = {"ArnEquals": {"ecs:cluster": f"arn:aws:ecs:us-east-1:{ACCOUNT}:cluster/shop"}}
    make_role(lab, allow("ecs:ListTasks", Condition=shop_only), name="watcher")
    with lab.acting_as("watcher"):
        assert lab.client("ecs").list_tasks(cluster="shop")["taskArns"] == []
        assert refused(lab.client("ecs").list_tasks, cluster="test")[0] == 400


def test_a_condition_on_the_tags_of_what_is_there(lab: Lab) -> None:
    """aws:ResourceTag looks at the cluster's own tags."""
    for name in ("shop", "test"):
        lab.client("ecs").create_cluster(clusterName=name, tags=[{"key": "team", "value": name}])
    mine = {"StringEquals": {"aws:ResourceTag/team": "shop"}}
    make_role(lab, allow("ecs:DeleteCluster", Condition=mine), name="cleaner")
    with lab.acting_as("cleaner"):
        lab.client("ecs").delete_cluster(cluster="shop")
        assert refused(lab.client("ecs").delete_cluster, cluster="test")[0] == 400


def test_a_condition_on_the_tags_in_the_request(lab: Lab) -> None:
    """aws:RequestTag looks at the tags that the call puts on."""
    tagged = {"StringEquals": {"aws:RequestTag/team": ["shop", "web"]}}
    make_role(lab, allow("ecs:CreateCluster", Condition=tagged), name="maker")
    with lab.acting_as("maker"):
        create = lab.client("ecs").create_cluster
        create(clusterName="a", tags=[{"key": "team", "value": "web"}])
        assert refused(create, clusterName="b")[0] == 400


def s3(lab: Lab) -> Any:
    """Put an object; gives what reads it."""
    client = lab.client("s3")
    client.create_bucket(Bucket="shop-pictures")
    client.put_object(Bucket="shop-pictures", Key="cats/tom.png", Body=b"tom")
    return lambda key: lab.client("s3").get_object(Bucket="shop-pictures", Key=key)


def test_an_object_in_a_bucket(lab: Lab) -> None:
    """GetObject is about the object, ListBucket about the bucket, with the prefix as a key."""
    read = s3(lab)
    cats = {"StringLike": {"s3:prefix": "cats/*"}}
    make_role(
        lab,
        allow("s3:GetObject", "arn:aws:s3:::shop-pictures/cats/*"),
        allow("s3:ListBucket", "arn:aws:s3:::shop-pictures", Condition=cats),
    )
    with lab.acting_as("web"):
        assert read("cats/tom.png")["Body"].read() == b"tom"
        assert lab.client("s3").list_objects_v2(Bucket="shop-pictures", Prefix="cats/")["Contents"]
        assert refused(read, key="dogs/rex.png") == (
            403,
            "AccessDenied",
            (
                f"User: arn:aws:sts::{ACCOUNT}:assumed-role/web/learner is not authorized to "
                'perform: s3:GetObject on resource: "arn:aws:s3:::shop-pictures/dogs/rex.png" '
                "because no identity-based policy allows the s3:GetObject action"
            ),
        )
        assert refused(lab.client("s3").list_objects_v2, Bucket="shop-pictures")[0] == 403
        delete = {"Objects": [{"Key": "cats/tom.png"}]}
        denied = refused(lab.client("s3").delete_objects, Bucket="shop-pictures", Delete=delete)
        assert "s3:DeleteObject" in denied[2]


def test_the_policy_of_a_bucket_counts(lab: Lab) -> None:
    """It allows a role without a policy of its own, and its Deny wins over everything."""
    read = s3(lab)
    role = make_role(lab)
    objects = "arn:aws:s3:::shop-pictures/*"
    put = lab.client("s3").put_bucket_policy
    named = {"Principal": {"AWS": role}}
    put(Bucket="shop-pictures", Policy=policy(allow("s3:GetObject", objects, **named)))
    with lab.acting_as("web"):
        assert read("cats/tom.png")["Body"].read() == b"tom"
    put(Bucket="shop-pictures", Policy=policy(deny("s3:*", objects, **named)))
    lab.client("iam").put_role_policy(
        RoleName="web", PolicyName="all", PolicyDocument=policy(allow("*"))
    )
    with lab.acting_as("web"):
        assert refused(read, key="cats/tom.png")[2].endswith(
            "with an explicit deny in a resource-based policy"
        )


def test_a_secret_is_meant_by_name_or_arn(lab: Lab) -> None:
    """The policy names its ARN, which ends in six characters of AWS's choice."""
    made = lab.client("secretsmanager").create_secret(Name="db", SecretString="x")
    lab.client("secretsmanager").create_secret(Name="api", SecretString="y")
    secret = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:db-??????"
    make_role(lab, allow("secretsmanager:GetSecretValue", secret))
    with lab.acting_as("web"):
        get = lab.client("secretsmanager").get_secret_value
        assert get(SecretId="db")["SecretString"] == "x"
        assert get(SecretId=made["ARN"])["SecretString"] == "x"
        assert refused(get, SecretId="api")[:2] == (400, "AccessDeniedException")


def test_a_table_and_a_transaction_over_tables(lab: Lab) -> None:
    """Each table of a batch counts; a transaction needs the actions of its parts."""
    dynamodb = lab.client("dynamodb")
    for name in ("orders", "stock"):
        dynamodb.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    orders = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/orders"
    make_role(lab, allow(["dynamodb:PutItem", "dynamodb:BatchGetItem"], orders))
    item = {"id": {"S": "1"}}
    with lab.acting_as("web"):
        client = lab.client("dynamodb")
        put = {"Put": {"TableName": "orders", "Item": item}}
        client.transact_write_items(TransactItems=[put])
        client.batch_get_item(RequestItems={"orders": {"Keys": [item]}})
        both = {name: {"Keys": [item]} for name in ("orders", "stock")}
        assert refused(client.batch_get_item, RequestItems=both)[:2] == (
            400,
            "AccessDeniedException",
        )
        other = {"Put": {"TableName": "stock", "Item": item}}
        assert "table/stock" in refused(client.transact_write_items, TransactItems=[other])[2]


SERVICES: dict[str, tuple[str, str, dict[str, Any], int, str, str]] = {
    "json": ("ecs", "list_clusters", {}, 400, "AccessDeniedException", "ecs:ListClusters"),
    "query": ("iam", "list_users", {}, 403, "AccessDenied", "iam:ListUsers"),
    "ec2": ("ec2", "describe_vpcs", {}, 403, "UnauthorizedOperation", "ec2:DescribeVpcs"),
    "rest-json": (
        "efs",
        "describe_mount_targets",
        {"FileSystemId": "fs-1"},
        403,
        "AccessDeniedException",
        "elasticfilesystem:DescribeMountTargets",
    ),
    "rest-xml": ("s3", "list_buckets", {}, 403, "AccessDenied", "s3:ListAllMyBuckets"),
    "sns": (
        "sns",
        "publish",
        {"TopicArn": f"arn:aws:sns:us-east-1:{ACCOUNT}:t", "Message": "x"},
        403,
        "AuthorizationError",
        "sns:Publish",
    ),
    "elbv2": (
        "elbv2",
        "create_load_balancer",
        {"Name": "web", "Type": "network"},
        403,
        "AccessDenied",
        "loadbalancer/net/web/*",
    ),
    "cloudwatch": ("cloudwatch", "list_metrics", {}, 400, "AccessDenied", "cloudwatch:ListMetrics"),
    "logs": (
        "logs",
        "create_log_stream",
        {"logGroupName": "/ecs/web", "logStreamName": "s"},
        400,
        "AccessDeniedException",
        "log-group:/ecs/web:log-stream:s",
    ),
    "lambda": (
        "lambda",
        "invoke",
        {"FunctionName": "hook"},
        403,
        "AccessDeniedException",
        f"lambda:InvokeFunction on resource: arn:aws:lambda:us-east-1:{ACCOUNT}:function:hook",
    ),
    "kms": (
        "kms",
        "decrypt",
        {"CiphertextBlob": b"x", "KeyId": "1"},
        400,
        "AccessDeniedException",
        "because no resource-based policy allows the kms:Decrypt action",
    ),
}


@pytest.mark.parametrize(
    ("service", "operation", "request_", "status", "code", "text"),
    SERVICES.values(),
    ids=SERVICES.keys(),
)
def test_each_service_says_no_in_its_own_way(
    lab: Lab,
    service: str,
    operation: str,
    request_: dict[str, Any],
    status: int,
    code: str,
    text: str,
) -> None:
    """Protocol, status and code are the service's."""
    make_role(lab)
    with lab.acting_as("web"):
        denied = refused(getattr(lab.client(service), operation), **request_)
    assert denied[0] == status
    assert denied[1].startswith(code)
    assert text in denied[2]


def test_a_users_key_is_enforced(lab: Lab) -> None:
    """With the policies of the user and of its groups; an inactive or deleted key is invalid."""
    keys = make_user(lab, allow("ecs:ListClusters"))
    iam = lab.client("iam")
    iam.create_group(GroupName="viewers")
    iam.put_group_policy(
        GroupName="viewers", PolicyName="see", PolicyDocument=policy(allow("ecs:ListServices"))
    )
    ecs = lab.client("ecs", **keys)
    ecs.list_clusters()
    assert refused(ecs.list_services)[2].startswith(
        f"User: arn:aws:iam::{ACCOUNT}:user/ann is not authorized to perform: ecs:ListServices"
    )
    iam.add_user_to_group(GroupName="viewers", UserName="ann")
    lab.client("ecs").create_cluster()
    ecs.list_services()
    key = keys["aws_access_key_id"]
    iam.update_access_key(UserName="ann", AccessKeyId=key, Status="Inactive")
    invalid = "The security token included in the request is invalid."
    assert refused(ecs.list_clusters) == (400, "UnrecognizedClientException", invalid)
    iam.delete_access_key(UserName="ann", AccessKeyId=key)
    assert refused(ecs.list_clusters)[1] == "UnrecognizedClientException"


def test_a_policy_variable_is_the_users_own(lab: Lab) -> None:
    """${aws:username} in a resource: each user has its own key."""
    keys = make_user(
        lab, allow("iam:ListAccessKeys", f"arn:aws:iam::{ACCOUNT}:user/${{aws:username}}")
    )
    make_user(lab, name="bob")
    iam = lab.client("iam", **keys)
    assert iam.list_access_keys(UserName="ann")["AccessKeyMetadata"]
    assert refused(iam.list_access_keys, UserName="bob")[0] == 403


def test_keys_of_one_lab_are_nobodys_in_another() -> None:
    """There they are any key, and so the administrator's."""
    with Lab() as one, Lab() as other:
        keys = make_user(one)
        assert refused(one.client("ecs", **keys).list_clusters)[0] == 400
        assert other.client("ecs", **keys).list_clusters()["clusterArns"] == []


def test_a_copied_lab_enforces_the_same_keys(lab: Lab) -> None:
    """And goes its own way from there."""
    make_role(lab, name="deployer")
    keys = lab.world.act_as("deployer")
    with lab.copy() as copied:
        assert refused(copied.client("ecs", **keys).list_clusters)[0] == 400
        copied.client("iam").put_role_policy(
            RoleName="deployer", PolicyName="all", PolicyDocument=policy(allow("*"))
        )
        copied.client("ecs", **keys).list_clusters()
        assert refused(lab.client("ecs", **keys).list_clusters)[0] == 400


def test_encoded_messages_can_be_decoded(lab: Lab) -> None:
    """Whoever may, reads what EC2 hides in its error."""
    make_role(lab)
    with lab.acting_as("web"):
        denied = refused(lab.client("ec2").create_vpc, CidrBlock="10.1.0.0/16")
    text, _, message = denied[2].partition(" Encoded authorization failure message: ")
    assert text.startswith("You are not authorized to perform this operation. User: arn:aws:sts")
    decode = lab.client("sts").decode_authorization_message
    decoded = json.loads(decode(EncodedMessage=message)["DecodedMessage"])
    assert (decoded["allowed"], decoded["context"]["action"]) == (False, "ec2:CreateVpc")
    assert refused(decode, EncodedMessage="x")[1] == "InvalidAuthorizationMessageException"
