"""What services and containers may do in a role's name: `World.access`."""

from __future__ import annotations

import pytest
from access_roles import ACCOUNT, TASKS, access_of, allow, deny, make_role, policy, trust

from ecs_lab import Lab

WEB = f"arn:aws:iam::{ACCOUNT}:role/web"
SECRET = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:"
READ = "secretsmanager:GetSecretValue"


def test_a_role_may_do_what_a_statement_allows_on_the_resource(lab: Lab) -> None:
    """The decision names the policy and the statement; another resource is not covered."""
    make_role(lab, allow(READ, SECRET + "db-*", Sid="ReadTheSecret"))
    decision = access_of(lab).decide(WEB, READ, SECRET + "db-AbCdEf")
    assert (decision.allowed, decision.policy, decision.statement) == (
        True,
        "rights",
        "ReadTheSecret",
    )
    assert not access_of(lab).decide(WEB, READ, SECRET + "api-AbCdEf")


def test_a_denial_has_the_words_of_aws(lab: Lab) -> None:
    """With the session in whose name it is asked, and the kind of policy that did not allow it."""
    make_role(lab)
    decision = access_of(lab).decide(WEB, READ, SECRET + "db-AbCdEf", session_name="0123abcd")
    assert decision.message == (
        f"User: arn:aws:sts::{ACCOUNT}:assumed-role/web/0123abcd is not authorized to perform: "
        f"{READ} on resource: {SECRET}db-AbCdEf because no identity-based policy allows the "
        f"{READ} action"
    )
    assert access_of(lab).last_denial() == decision


def test_an_explicit_deny_wins(lab: Lab) -> None:
    """Whatever allows it too."""
    make_role(lab, allow("*"), deny("secretsmanager:*"))
    decision = access_of(lab).decide(WEB, READ, SECRET + "db-AbCdEf")
    assert decision.message.endswith("with an explicit deny in an identity-based policy")
    assert (decision.policy, decision.statement) == ("rights", "statement 2")


def test_a_permissions_boundary_limits_a_role(lab: Lab) -> None:
    """Both the boundary and an identity-based policy have to allow an action."""
    iam = lab.client("iam")
    boundary = iam.create_policy(
        PolicyName="only-logs",
        PolicyDocument=policy(allow("logs:*")),
    )["Policy"]["Arn"]
    make_role(lab, allow("*"), PermissionsBoundary=boundary)
    assert access_of(lab).decide(WEB, "logs:DescribeLogGroups")
    decision = access_of(lab).decide(WEB, READ, SECRET + "db-AbCdEf")
    assert decision.reason == f"because no permissions boundary allows the {READ} action"


def test_a_role_that_is_not_there_may_do_nothing(lab: Lab) -> None:
    """It is denied as one without policies."""
    assert not access_of(lab).decide(WEB, READ)
    assert access_of(lab).cannot_assume(WEB, TASKS) == "The role with name web cannot be found."


SOURCE = f"arn:aws:ecs:us-east-1:{ACCOUNT}:*"
GUARDED = {
    "ArnLike": {"aws:SourceArn": SOURCE},
    "StringEquals": {"aws:SourceAccount": ACCOUNT},
}


@pytest.mark.parametrize(
    ("context", "allowed"),
    [
        ({"aws:SourceArn": SOURCE, "aws:SourceAccount": ACCOUNT}, True),
        ({"aws:SourceArn": SOURCE, "aws:SourceAccount": "999999999999"}, False),
        ({"aws:SourceArn": SOURCE.replace("us-east-1", "eu-west-1")}, False),
        ({}, False),
    ],
)
def test_trust_may_depend_on_where_it_is_assumed_from(
    lab: Lab, context: dict[str, str], allowed: bool
) -> None:
    """aws:SourceArn and aws:SourceAccount guard against the confused deputy."""
    make_role(lab, trusts=trust({"Service": TASKS}, Condition=GUARDED))
    assert (access_of(lab).cannot_assume(WEB, TASKS, context) is None) is allowed


def test_a_service_that_is_not_trusted_cannot_assume(lab: Lab) -> None:
    """The reason has AWS's form."""
    make_role(lab, trusts=trust({"Service": "ec2.amazonaws.com"}))
    assert access_of(lab).cannot_assume(WEB, TASKS) == (
        f"User: {TASKS} is not authorized to perform: sts:AssumeRole on resource: {WEB} "
        "because no role trust policy allows the sts:AssumeRole action"
    )


def test_keys_are_the_same_for_the_same_seed() -> None:
    """And others for another seed."""
    issued = []
    for seed in (1, 1, 2):
        with Lab(seed=seed) as lab:
            role = lab.roles["shopTaskRole"]
            issued.append(access_of(lab).issue(role, "task", 3600))
    assert issued[0] == issued[1]
    assert issued[0].access_key_id != issued[2].access_key_id


def test_nobody_gets_keys_of_a_role_that_is_not_there(lab: Lab) -> None:
    """It is a mistake of the caller."""
    with pytest.raises(LookupError, match="there is no role"):
        access_of(lab).issue(WEB, "task", 3600)
