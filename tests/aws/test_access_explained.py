"""What the learner is told of a denial, and how to act as somebody else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from access_roles import ACCOUNT, access_of, allow, deny, make_role, make_user, policy
from test_access_requests import refused

if TYPE_CHECKING:
    from ecs_lab import Lab

BUCKET = "arn:aws:s3:::shop"


def test_nothing_is_explained_before_something_is_denied(lab: Lab) -> None:
    """There is no last denial yet."""
    assert lab.explain_last_denial() is None


def test_a_missing_allow_is_explained_by_the_statement_that_would_do(lab: Lab) -> None:
    """Adding that statement, and nothing else, lets the call through."""
    lab.client("s3").create_bucket(Bucket="shop")
    make_role(lab)
    with lab.acting_as("web"):
        refused(lab.client("s3").list_objects_v2, Bucket="shop")
    denial = lab.explain_last_denial()
    assert denial is not None
    assert (denial.action, denial.resource) == ("s3:ListBucket", BUCKET)
    assert denial.role == f"arn:aws:iam::{ACCOUNT}:role/web"
    assert denial.decided_by == "no identity-based policy allows it"
    assert denial.allow == {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": BUCKET}
    lab.client("iam").put_role_policy(
        RoleName="web", PolicyName="list", PolicyDocument=policy(denial.allow)
    )
    with lab.acting_as("web"):
        lab.client("s3").list_objects_v2(Bucket="shop")


def test_a_deny_is_explained_by_its_statement(lab: Lab) -> None:
    """No statement more would allow it."""
    make_role(lab, allow("*"), deny("ecs:Delete*", Sid="NothingIsDeleted"))
    with lab.acting_as("web"):
        refused(lab.client("ecs").delete_cluster, cluster="shop")
    denial = lab.explain_last_denial()
    assert denial is not None
    assert denial.decided_by == "NothingIsDeleted of rights (identity-based policy) denies it"
    assert denial.allow is None
    assert "a Deny wins over every Allow" in denial.remedy


def test_a_denial_reads_as_text_html_and_markdown(lab: Lab) -> None:
    """The same lines in each form."""
    make_role(lab)
    access_of(lab).decide("web", "s3:GetObject", "arn:aws:s3:::<b>/x", session_name="task")
    denial = lab.explain_last_denial()
    assert denial is not None
    assert str(denial).splitlines()[:3] == [
        "Denied.",
        (
            f"who:         arn:aws:sts::{ACCOUNT}:assumed-role/web/task "
            f"(role arn:aws:iam::{ACCOUNT}:role/web)"
        ),
        "call:        s3:GetObject",
    ]
    assert "arn:aws:s3:::&lt;b&gt;/x" in denial._repr_html_()
    assert '"Action": "s3:GetObject"' in denial._repr_markdown_()


@pytest.mark.parametrize("service", ["ecs-tasks.amazonaws.com", "events.amazonaws.com"])
def test_a_role_that_does_not_trust_is_explained_by_its_trust_policy(
    lab: Lab, service: str
) -> None:
    """The statement belongs there, and names the service."""
    access_of(lab).cannot_assume("ecsInstanceRole", service)
    denial = lab.explain_last_denial()
    assert denial is not None
    assert denial.allow == {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    document = {"Version": "2012-10-17", "Statement": denial.allow}
    lab.client("iam").update_assume_role_policy(
        RoleName="ecsInstanceRole", PolicyDocument=json.dumps(document)
    )
    assert access_of(lab).cannot_assume("ecsInstanceRole", service) is None


def test_acting_as_ends_with_its_block(lab: Lab) -> None:
    """Also when an error ends it; one may act as somebody within acting as another."""
    make_user(lab, allow("ecs:*"))
    make_role(lab)

    def me() -> str:
        arn: str = lab.client("sts").get_caller_identity()["Arn"]
        return arn.rpartition("/")[0].rpartition(":")[2] + "/" + arn.rpartition("/")[2]

    def act() -> None:
        with lab.acting_as("ann"):
            assert me() == "user/ann"
            with lab.acting_as(f"arn:aws:iam::{ACCOUNT}:role/web") as session:
                assert me() == "assumed-role/web/learner"
                assert session is lab.session
            assert me() == "user/ann"
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    assert me() == "user/administrator"


def test_who_is_not_there_cannot_be_acted_as(lab: Lab) -> None:
    """The error names those there are."""
    make_user(lab)
    there = "ecsInstanceRole, ecsTaskExecutionRole, shopTaskRole, ann"
    with (
        pytest.raises(ValueError, match=f"no role or user 'bob' in this lab; there are: {there}"),
        lab.acting_as("bob"),
    ):
        pass


def test_a_lab_that_is_reset_has_forgotten_its_keys(lab: Lab) -> None:
    """What was denied as well."""
    make_role(lab)
    access_of(lab).decide("web", "s3:GetObject")
    lab.reset()
    assert lab.explain_last_denial() is None
