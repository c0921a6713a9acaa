"""Temporary keys: AssumeRole, who I am, and when they run out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from access_roles import (
    ACCOUNT,
    TASKS,
    access_of,
    allow,
    deny,
    make_role,
    make_user,
    policy,
    trust,
)
from botocore.exceptions import ClientError
from test_access_requests import refused

if TYPE_CHECKING:
    from ecs_lab import Lab

ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ANN = f"arn:aws:iam::{ACCOUNT}:user/ann"
WEB = f"arn:aws:iam::{ACCOUNT}:role/web"


def as_boto3_names(credentials: dict[str, Any]) -> dict[str, str]:
    """What AssumeRole gives, as a client takes it."""
    return {
        "aws_access_key_id": credentials["AccessKeyId"],
        "aws_secret_access_key": credentials["SecretAccessKey"],
        "aws_session_token": credentials["SessionToken"],
    }


def assume(lab: Lab, keys: dict[str, str] | None = None, **request: Any) -> dict[str, str]:
    """Assume the role `web`; gives its keys."""
    client = lab.client("sts", **(keys or {}))
    answer = client.assume_role(RoleArn=WEB, RoleSessionName="me", **request)
    return as_boto3_names(answer["Credentials"])


def who_am_i(lab: Lab, **keys: str) -> str:
    """The ARN that GetCallerIdentity gives."""
    return str(lab.client("sts", **keys).get_caller_identity()["Arn"])


def test_everybody_can_ask_who_they_are(lab: Lab) -> None:
    """A user, a session, an administrator; no permission is needed, and a Deny does not matter."""
    make_role(lab, deny("*"), trusts=trust({"AWS": ROOT}))
    assert who_am_i(lab) == f"arn:aws:iam::{ACCOUNT}:user/administrator"
    assert who_am_i(lab, **make_user(lab)) == ANN
    assert who_am_i(lab, **assume(lab)) == f"arn:aws:sts::{ACCOUNT}:assumed-role/web/me"
    with lab.acting_as("ann"):
        assert who_am_i(lab) == ANN


TRUSTS: dict[str, tuple[Any, list[Any], dict[str, Any], bool]] = {
    "the account, and a permission": ({"AWS": ROOT}, [allow("sts:AssumeRole", WEB)], {}, True),
    "the account's number": ({"AWS": ACCOUNT}, [allow("sts:*")], {}, True),
    "the account alone": ({"AWS": ROOT}, [], {}, False),
    "the user itself": ({"AWS": ANN}, [], {}, True),
    "the user itself, who may not": ({"AWS": ANN}, [deny("sts:AssumeRole")], {}, False),
    "a service": ({"Service": TASKS}, [allow("sts:AssumeRole")], {}, False),
    "another user": ({"AWS": ANN + "a"}, [allow("sts:AssumeRole")], {}, False),
    "another account": ({"AWS": "999999999999"}, [allow("sts:AssumeRole")], {}, False),
}


@pytest.mark.parametrize(
    ("principal", "rights", "request_", "allowed"), TRUSTS.values(), ids=TRUSTS.keys()
)
def test_trust_and_permission_together(
    lab: Lab, principal: Any, rights: list[Any], request_: dict[str, Any], allowed: bool
) -> None:
    """A role says who may assume it; naming the account leaves it to the user's policies."""
    make_role(lab, trusts=trust(principal))
    keys = make_user(lab, *rights)
    if allowed:
        assert assume(lab, keys, **request_)
    else:
        sts = lab.client("sts", **keys)
        status, code, message = refused(sts.assume_role, RoleArn=WEB, RoleSessionName="me")
        assert (status, code) == (403, "AccessDenied")
        assert message.startswith(f"User: {ANN} is not authorized to perform: sts:AssumeRole on")


def test_an_administrator_needs_to_be_trusted_too(lab: Lab) -> None:
    """A role for tasks is not one for people: the trust policy says so."""
    make_role(lab)
    sts = lab.client("sts")
    status, code, message = refused(sts.assume_role, RoleArn=WEB, RoleSessionName="me")
    assert (status, code) == (403, "AccessDenied")
    assert message.endswith("because no role trust policy allows the sts:AssumeRole action")
    gone = refused(sts.assume_role, RoleArn=WEB + "2", RoleSessionName="me")
    assert gone[1] == "AccessDenied"


def test_an_external_id_guards_a_role(lab: Lab) -> None:
    """sts:ExternalId is what AssumeRole is called with."""
    condition = {"StringEquals": {"sts:ExternalId": "42"}}
    make_role(lab, trusts=trust({"AWS": ROOT}, Condition=condition))
    assert assume(lab, ExternalId="42")
    sts = lab.client("sts")
    assert refused(sts.assume_role, RoleArn=WEB, RoleSessionName="me", ExternalId="41")[0] == 403


def test_assumed_keys_are_enforced_as_the_roles(lab: Lab) -> None:
    """With what the role may, not what the caller may."""
    make_role(lab, allow("ecs:ListClusters"), trusts=trust({"AWS": ROOT}))
    ecs = lab.client("ecs", **assume(lab))
    assert ecs.list_clusters()["clusterArns"] == []
    assert refused(ecs.create_cluster)[1] == "AccessDeniedException"


def test_a_session_policy_limits_a_session(lab: Lab) -> None:
    """Both it and the role's policies have to allow an action."""
    make_role(lab, allow("ecs:*"), trusts=trust({"AWS": ROOT}))
    ecs = lab.client("ecs", **assume(lab, Policy=policy(allow(["ecs:ListClusters", "s3:*"]))))
    ecs.list_clusters()
    assert refused(ecs.create_cluster)[2].endswith(
        "because no session policy allows the ecs:CreateCluster action"
    )


def test_keys_run_out(lab: Lab) -> None:
    """After their hour each protocol says so in its own words."""
    make_role(lab, allow("*"), trusts=trust({"AWS": ROOT}))
    keys = assume(lab, DurationSeconds=900)
    clients = {name: lab.client(name, **keys) for name in ("ecs", "iam", "s3", "ec2")}
    clients["ecs"].list_clusters()
    lab.wait(900)
    text = "The security token included in the request is expired"
    assert refused(clients["ecs"].list_clusters) == (400, "ExpiredTokenException", text)
    assert refused(clients["iam"].list_roles) == (403, "ExpiredToken", text)
    assert refused(clients["s3"].list_buckets)[1:] == (
        "ExpiredToken",
        "The provided token has expired.",
    )
    assert refused(clients["ec2"].describe_vpcs)[1:] == ("RequestExpired", "Request has expired.")


def test_temporary_keys_need_their_token(lab: Lab) -> None:
    """A key of another session's token, or none, is not good."""
    make_role(lab, allow("*"), trusts=trust({"AWS": ROOT}))
    keys = assume(lab) | {"aws_session_token": "another"}
    assert refused(lab.client("ecs", **keys).list_clusters)[1] == "UnrecognizedClientException"


def test_a_role_that_is_deleted_leaves_its_sessions_nothing(lab: Lab) -> None:
    """Its keys are good until they run out, but there is no policy left that allows anything."""
    make_role(lab, allow("*"), trusts=trust({"AWS": ROOT}))
    ecs = lab.client("ecs", **assume(lab))
    ecs.list_clusters()
    lab.client("iam").delete_role_policy(RoleName="web", PolicyName="rights")
    lab.client("iam").delete_role(RoleName="web")
    assert refused(ecs.list_clusters)[1] == "AccessDeniedException"


def test_keys_that_the_lab_issues_are_enforced(lab: Lab) -> None:
    """Those of a task, for its containers."""
    make_role(lab, allow("ecs:ListClusters"))
    issued = access_of(lab).issue(WEB, "0123abcd", 900)
    keys = {
        "aws_access_key_id": issued.access_key_id,
        "aws_secret_access_key": issued.secret_access_key,
        "aws_session_token": issued.token,
    }
    assert who_am_i(lab, **keys) == f"arn:aws:sts::{ACCOUNT}:assumed-role/web/0123abcd"
    lab.client("ecs", **keys).list_clusters()
    assert refused(lab.client("ecs", **keys).create_cluster)[0] == 400


def test_session_tokens_are_the_users_own(lab: Lab) -> None:
    """GetSessionToken gives a user temporary keys; the administrator's stay an administrator's."""
    keys = make_user(lab, allow("ecs:ListClusters"))
    answer = lab.client("sts", **keys).get_session_token()
    temporary = as_boto3_names(answer["Credentials"])
    assert who_am_i(lab, **temporary) == ANN
    assert refused(lab.client("ecs", **temporary).create_cluster)[0] == 400
    admin = as_boto3_names(lab.client("sts").get_session_token()["Credentials"])
    lab.client("ecs", **admin).create_cluster(clusterName="shop")


def test_the_simulator_agrees(lab: Lab) -> None:
    """SimulatePrincipalPolicy decides as a request would be decided."""
    make_role(lab, allow("ecs:*"), deny("ecs:DeleteCluster"))
    iam = lab.client("iam")
    answer = iam.simulate_principal_policy(
        PolicySourceArn=WEB,
        ActionNames=["ecs:RunTask", "ecs:DeleteCluster", "s3:GetObject"],
        ResourceArns=["*"],
    )
    results = answer["EvaluationResults"]
    assert {each["EvalActionName"]: each["EvalDecision"] for each in results} == {
        "ecs:RunTask": "allowed",
        "ecs:DeleteCluster": "explicitDeny",
        "s3:GetObject": "implicitDeny",
    }
    assert results[1]["MatchedStatements"][0]["SourcePolicyId"] == "rights"
    assert refused(iam.simulate_principal_policy, PolicySourceArn=WEB + "2", ActionNames=["s3:*"])[
        1
    ].startswith("NoSuchEntity")


def test_policies_can_be_simulated_before_they_are_attached(lab: Lab) -> None:
    """SimulateCustomPolicy takes documents, a boundary and the request's context."""
    tagged = {"StringEquals": {"aws:RequestTag/team": "shop"}}
    request = {
        "PolicyInputList": [policy(allow("ecs:*", Condition=tagged))],
        "ActionNames": ["ecs:CreateCluster"],
    }
    simulate = lab.client("iam").simulate_custom_policy
    entry = {
        "ContextKeyName": "aws:RequestTag/team",
        "ContextKeyType": "string",
        "ContextKeyValues": ["shop"],
    }

    def decided(**more: Any) -> str:
        return str(simulate(**request, **more)["EvaluationResults"][0]["EvalDecision"])

    assert decided() == "implicitDeny"
    assert decided(ContextEntries=[entry]) == "allowed"
    boundary = [policy(allow("s3:*"))]
    limited = decided(ContextEntries=[entry], PermissionsBoundaryPolicyInputList=boundary)
    assert limited == "implicitDeny"
    assert refused(simulate, PolicyInputList=["{"], ActionNames=["s3:*"])[1] == "InvalidInput"


def test_the_first_cluster_brings_the_service_linked_role(lab: Lab) -> None:
    """Once, with its path and policy; if whoever makes the cluster may make it."""
    make_role(lab, allow("ecs:CreateCluster"), name="deployer")
    iam = lab.client("iam")
    name = "AWSServiceRoleForECS"
    with lab.acting_as("deployer"):
        lab.client("ecs").create_cluster(clusterName="one")
    assert refused(iam.get_role, RoleName=name)[1] == "NoSuchEntity"
    assert lab.explain_last_denial() is None
    lab.client("ecs").create_cluster(clusterName="two")
    lab.client("ecs").create_cluster(clusterName="three")
    role = iam.get_role(RoleName=name)["Role"]
    assert role["Path"] == "/aws-service-role/ecs.amazonaws.com/"
    assert role["Arn"].endswith(f"role/aws-service-role/ecs.amazonaws.com/{name}")
    assert json.dumps(role["AssumeRolePolicyDocument"]).count("ecs.amazonaws.com") == 1
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    assert [each["PolicyName"] for each in attached] == ["AmazonECSServiceRolePolicy"]
    assert [each["RoleName"] for each in iam.list_roles()["Roles"]].count(name) == 1


def test_taking_a_policy_away_counts_at_once(lab: Lab) -> None:
    """What was found out about a caller does not outlive a change of policies."""
    iam = lab.client("iam")
    iam.create_role(RoleName="watcher", AssumeRolePolicyDocument="{}")
    document = policy(allow("ecs:ListClusters"))
    iam.put_role_policy(RoleName="watcher", PolicyName="look", PolicyDocument=document)
    with lab.acting_as("watcher"):
        ecs = lab.client("ecs")
    assert ecs.list_clusters()["clusterArns"] is not None
    iam.delete_role_policy(RoleName="watcher", PolicyName="look")
    with pytest.raises(ClientError, match="no identity-based policy allows the ecs:ListClusters"):
        ecs.list_clusters()
