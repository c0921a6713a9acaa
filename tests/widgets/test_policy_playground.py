"""The playground of access control: the decision, what decided it, and what would allow it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ecs_lab import playground
from ecs_lab.iam.evaluation import BOUNDARY, IDENTITY, RESOURCE
from ecs_lab.playground import policies
from ecs_lab.playground.policy_samples import samples
from ecs_lab.widgets.fields import FieldError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecs_lab.playground.policies import PolicyPlayground


@pytest.fixture
def board() -> Iterator[PolicyPlayground]:
    """The playground as it is opened."""
    opened = playground.policy()
    yield opened
    opened.close()


def document(**statement: Any) -> str:
    """A policy of one statement, which allows nothing until it is told what."""
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def verdict(board: PolicyPlayground) -> policies.Verdict:
    """What came of the request, which can be read."""
    assert isinstance(board.result, policies.Verdict)
    return board.result


ROLES = ("shopTaskRole", "ecsTaskExecutionRole", "ecsInstanceRole", "pipeline", "ecs-tasks")
ALLOWED = {
    "read-file": {"shopTaskRole"},
    "read-payroll": set(),
    "secret": set(),
    "pull": {"ecsTaskExecutionRole", "ecsInstanceRole"},
    "log-group": set(),
    "update-service": {"pipeline"},
    "pass-role": set(),
    "assume": set(),
}


def test_each_sample_is_decided_as_the_course_says(board: PolicyPlayground) -> None:
    """Who may do what with the policies that the roles begin with."""
    assert tuple(samples().roles) == ROLES
    found: dict[str, set[str]] = {}
    for call in samples().calls:
        found[call] = set()
        for role in ROLES:
            board.set(call=call, role=role)
            found[call] |= {role} if verdict(board).decision else set()
    assert found == ALLOWED


def test_the_statement_that_allows_is_named(board: PolicyPlayground) -> None:
    """In the headline and in the table, where the other one says why it has no say."""
    assert board.notice == "Allowed, by ReadFiles of the policy of shopTaskRole."
    text = board.as_text()
    assert "the policy of shopTaskRole | ReadFiles | Allow | yes" in text
    assert "NeverThePayroll | Deny | no | it is about other resources" in text


def test_a_deny_wins_and_nothing_can_be_added_against_it(board: PolicyPlayground) -> None:
    """The statement is named, and the advice is to take it away."""
    board.set(call="read-payroll")
    assert board.notice == (
        "Denied, with an explicit deny in an identity-based policy: "
        "NeverThePayroll of the policy of shopTaskRole."
    )
    (remedy,) = verdict(board).remedies
    assert remedy.statement is None
    assert "a Deny wins over every Allow" in remedy.sentence


def test_what_would_allow_it_does_allow_it(board: PolicyPlayground) -> None:
    """Written into the policies, the statements that are shown turn the answer round."""
    board.set(call="secret", bounded=True)
    steps = verdict(board).remedies
    assert verdict(board).decision.kind == IDENTITY
    assert len(steps) == 2
    for field, step in zip(("policy", "boundary"), steps, strict=True):
        text = json.loads(board.values[field])
        text["Statement"].append(step.statement)
        board.set(**{field: json.dumps(text)})
    assert board.notice == "Allowed, by statement 3 of the policy of shopTaskRole."


def test_a_boundary_alone_allows_nothing_and_forbids_the_rest(board: PolicyPlayground) -> None:
    """A policy allows it, the boundary does not mention it: denied for the boundary's sake."""
    board.set(call="pull", role="ecsTaskExecutionRole", bounded=True)
    assert verdict(board).decision.kind == BOUNDARY
    assert board.notice.startswith("Denied, because no permissions boundary allows")
    board.set(boundary=document(Action="ecr:*", Resource="*"))
    assert verdict(board).decision
    board.set(policy="")
    assert verdict(board).decision.kind == IDENTITY


def test_a_policy_of_the_resource_allows_what_no_identity_policy_does(
    board: PolicyPlayground,
) -> None:
    """It names the role; another role is not meant, and the table says so."""
    board.set(policy="", guarded=True)
    assert verdict(board).decision.kind == RESOURCE
    assert board.notice == "Allowed, by TheTaskRoleMayRead of the resource's policy."
    board.set(role="pipeline")
    assert not verdict(board).decision
    assert "TheTaskRoleMayRead | Allow | no | it names another principal" in board.as_text()


def test_a_condition_that_does_not_hold_is_told(board: PolicyPlayground) -> None:
    """With what it wants, and with what the request has, if it has anything."""
    board.set(call="update-service", role="pipeline")
    assert verdict(board).decision
    cluster = "arn:aws:ecs:us-east-1:123456789012:cluster/"
    board.set(context=f"ecs:cluster = {cluster}blog")
    wants = f"its condition wants ecs:cluster ArnEquals {cluster}shop"
    assert f"Deploy | Allow | no | {wants}, and it is {cluster}blog" in board.as_text()
    board.set(context="")
    assert f"{wants}, and the request has no such key" in board.as_text()


def test_a_trust_policy_decides_who_takes_a_role_on(board: PolicyPlayground) -> None:
    """ECS is refused by a role that trusts EC2, and taken by one that trusts it."""
    board.set(call="assume", role="ecs-tasks")
    assert board.notice.startswith("Denied, because no role trust policy allows the sts:AssumeRole")
    (remedy,) = verdict(board).remedies
    assert remedy.statement == {
        "Effect": "Allow",
        "Principal": {"Service": "ecs-tasks.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    board.set(resource_policy=board.values["resource_policy"].replace("ec2.", "ecs-tasks."))
    assert board.notice == "Allowed, by statement 1 of the role's trust policy."
    assert "Identity-based policy" not in board.as_text()


def test_what_was_written_for_a_role_stays_with_it(board: PolicyPlayground) -> None:
    """Another role shows its own policy; coming back shows what was written."""
    mine = document(Action="s3:GetObject", Resource="*")
    board.set(policy=mine)
    board.set(role="pipeline")
    assert "ecs:cluster" in board.values["policy"]
    board.set(role="shopTaskRole")
    assert board.values["policy"] == mine


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("action", "GetObject", "Action: 'GetObject' is no call: give service:Operation"),
        ("action", "s3:*", "Action: 's3:*' is no call"),
        ("resource", "prices.csv", "Resource: 'prices.csv' is no ARN: give one such as"),
        ("resource", " ", "Resource: 'nothing' is no ARN"),
        ("context", "\nSourceIp 1.2.3.4", "Condition context: line 2 is 'SourceIp 1.2.3.4': give"),
        ("policy", '{\n "Statement": [,]}', "The policy of shopTaskRole: line 2, column 16, is"),
        ("policy", "[]", "The policy of shopTaskRole: The policy is not a JSON object."),
        ("policy", "{}", "The policy of shopTaskRole: it has no Statement."),
        ("policy", document(Actions="s3:*"), "Statement 1 has neither Action nor NotAction."),
        ("policy", document(Action="s3:*"), "statement 1 has neither Resource nor NotResource."),
        ("policy", document(Sid="A", Action="s3:*", Resource="*", Principal="*"),
         "The policy of shopTaskRole: A names a Principal: only a policy of a resource says"),
        ("policy",
         document(Action="s3:*", Resource="*", Condition={"StringEqual": {"aws:userid": "x"}}),
         "statement 1 has the condition operator 'StringEqual': IAM has none."),
        ("boundary", "no", "The permissions boundary: line 1, column 1, is not JSON"),
        ("resource_policy", document(Action="s3:*", Resource="*"),
         "The resource's policy: statement 1 names no Principal"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_in_a_sentence(
    board: PolicyPlayground, field: str, value: str, sentence: str
) -> None:
    """The headline says where and what to write, no decision is shown, and the text stays."""
    board.set(bounded=True, guarded=True)
    board.set(**{field: value})
    assert sentence in board.notice
    assert sentence in board.as_text()
    assert board.values[field] == value
    assert "Statement by statement" not in board.as_text()


def test_a_role_that_is_not_offered_is_refused(board: PolicyPlayground) -> None:
    """And nothing changes."""
    before = board.as_text()
    with pytest.raises(FieldError, match="Who asks: 'root' is none of shopTaskRole, "):
        board.set(role="root")
    assert board.as_text() == before
