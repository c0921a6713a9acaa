"""The words of policies, one at a time: wildcards, variables, conditions, principals, documents."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ecs_lab.iam import conditions, document
from ecs_lab.iam.document import MalformedPolicyError
from ecs_lab.iam.evaluation import Decision, Policies, Request, evaluate
from ecs_lab.iam.principals import Named, Principal, named
from ecs_lab.iam.principals import read as read_principals
from ecs_lab.iam.wildcards import resource_pattern

ACCOUNT = "123456789012"
ANN = Principal(f"arn:aws:iam::{ACCOUNT}:user/ann", ACCOUNT)
ROLE = f"arn:aws:iam::{ACCOUNT}:role/web"
TASK = Principal(f"arn:aws:sts::{ACCOUNT}:assumed-role/web/task", ACCOUNT, ROLE)
OBJECT = "arn:aws:s3:::shop/home/ann/x"


def policy(*statements: Any, version: str = "2012-10-17") -> document.Policy:
    """A policy of these statements."""
    return document.read(json.dumps({"Version": version, "Statement": list(statements)}), "rights")


def allow(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    """A statement that allows."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def decide(
    *statements: Any, action: str = "s3:GetObject", resource: str = OBJECT, **context: Any
) -> Decision:
    """What a user's policy of these statements leads to; `aws__username` is aws:username."""
    keys = {name.replace("__", ":"): value for name, value in context.items()}
    request = Request(ANN, action, resource, keys)
    return evaluate(request, Policies(identity=(policy(*statements),)))


@pytest.mark.parametrize(
    ("pattern", "covered"),
    [
        ("*", True),
        ("arn:aws:logs:*:*:log-group:/ecs/*", True),
        ("arn:aws:logs:us-east-1:1:log-group:/ecs/web:*", True),
        ("arn:aws:logs:us-east-1:1:log-group:/ecs/w?b:log-stream:s", True),
        ("arn:aws:logs:us-east-1:1:log-group:/ecs/web", False),
        ("arn:aws:logs:us-east-1:1:*-group:/ecs/web:log-stream:s", True),
        ("arn:aws:logs:us-east-1:1:log-*p:log-stream:s", False),
        ("arn:aws:logs:us-east-1:1:log?group:/ecs/web?log-stream:s", False),
        ("arn:aws:logs:us-east-1:1:log-group:/ECS/web:log-stream:s", False),
    ],
)
def test_wildcards_of_resources_stay_within_their_segment(pattern: str, covered: bool) -> None:
    """But for a `*` that ends one."""
    arn = "arn:aws:logs:us-east-1:1:log-group:/ecs/web:log-stream:s"
    assert (resource_pattern(pattern).fullmatch(arn) is not None) is covered


@pytest.mark.parametrize(
    ("patterns", "covered"),
    [
        (["s3:GetObject"], True),
        (["S3:getobject"], True),
        (["ecs:*", "s3:Get*"], True),
        ("*", True),
        ("s3:GetObjec?", True),
        ("s3:GetObjectAcl", False),
        ("s3", False),
    ],
)
def test_actions_match_in_any_case(patterns: Any, covered: bool) -> None:
    """One action or several, with wildcards."""
    assert decide(allow(patterns)).allowed is covered
    assert (
        decide({"Effect": "Allow", "NotAction": patterns, "Resource": "*"}).allowed is not covered
    )


def test_not_resource_is_all_but() -> None:
    """A variable without a value in it matches nothing, so that nothing is excepted."""
    but = {"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::shop/home/*"}
    assert not decide(but)
    assert decide(but, resource="arn:aws:s3:::shop/x")
    mine = {
        "Effect": "Deny",
        "Action": "*",
        "NotResource": "arn:aws:s3:::shop/home/${aws:username}/*",
    }
    assert decide(allow(), mine, aws__username="ann")
    assert not decide(allow(), mine)


def test_variables_need_the_newer_version() -> None:
    """In an older one they are text; and a value has no wildcards in it."""
    mine = allow(resource="arn:aws:s3:::shop/home/${aws:username}/*")
    assert decide(mine, aws__username="ann")
    assert not decide(mine, aws__username="*")
    old = policy(mine, version="2008-10-17")
    request = Request(ANN, "s3:GetObject", OBJECT, {"aws:username": "ann"})
    assert not evaluate(request, Policies(identity=(old,)))


@pytest.mark.parametrize(
    ("text", "key", "holds"),
    [
        ("home/${aws:username}/*", "home/ann/x", True),
        ("home/${AWS:UserName}/*", "home/ann/x", True),
        ("home/${aws:username}/*", "home/bob/x", False),
        ("home/${aws:PrincipalTag/team, 'ann'}/*", "home/ann/x", True),
        ("home/${aws:PrincipalTag/team}/*", "home/ann/x", False),
        ("home${*}", "home*", True),
        ("home${*}", "homes", False),
    ],
)
def test_variables_in_conditions(text: str, key: str, holds: bool) -> None:
    """Names in any case, defaults, and the characters themselves."""
    test = conditions.read({"StringLike": {"s3:prefix": text}}, variables=True)
    assert conditions.hold(test, {"s3:prefix": key, "aws:username": "ann"}) is holds


CONDITIONS: list[tuple[str, str, Any, Any, bool]] = [
    ("StringEquals", "k", ["a", "b"], "b", True),
    ("StringEquals", "k", "a", "A", False),
    ("StringEqualsIgnoreCase", "K", "a", "A", True),
    ("StringNotEquals", "k", ["a", "b"], "b", False),
    ("StringNotEquals", "k", "a", None, True),
    ("StringNotLike", "k", "a*", "abc", False),
    ("StringEquals", "k", "a", None, False),
    ("StringEqualsIfExists", "k", "a", None, True),
    ("StringEqualsIfExists", "k", "a", "b", False),
    ("NumericLessThan", "k", 10, "9.5", True),
    ("NumericLessThan", "k", "10", "ten", False),
    ("NumericNotEquals", "k", "10", "9", True),
    ("NumericGreaterThanEquals", "k", "10", "10", True),
    ("DateLessThan", "k", "2026-06-30T00:00:00Z", "2026-06-29T23:59:59Z", True),
    ("DateGreaterThan", "k", "2026-06-30", "1782864001", True),
    ("DateEquals", "k", "2026-06-30T02:00:00+02:00", "2026-06-30T00:00:00Z", True),
    ("Bool", "k", True, "true", True),
    ("Bool", "k", "false", "true", False),
    ("BinaryEquals", "k", "QQ==", "QQ==", True),
    ("IpAddress", "k", ["203.0.113.0/24", "2001:db8::/32"], "203.0.113.9", True),
    ("IpAddress", "k", "203.0.113.1", "203.0.113.2", False),
    ("IpAddress", "k", "2001:db8::/32", "2001:db8::1", True),
    ("NotIpAddress", "k", "203.0.113.0/24", "198.51.100.1", True),
    ("IpAddress", "k", "203.0.113.0/24", "nowhere", False),
    ("ArnLike", "k", "arn:aws:ecs:*:1:*", "arn:aws:ecs:us-east-1:1:cluster/shop", True),
    ("ArnEquals", "k", "arn:aws:ecs:*:1", "arn:aws:ecs:us-east-1:1:cluster/shop", False),
    ("ArnNotLike", "k", "arn:aws:*:*:*:*", "arn:aws:ecs:us-east-1:1:cluster/shop", False),
    ("Null", "k", "true", None, True),
    ("Null", "k", "false", None, False),
    ("Null", "k", "false", "a", True),
    ("ForAllValues:StringEquals", "k", ["a", "b"], ("a", "b"), True),
    ("ForAllValues:StringEquals", "k", ["a", "b"], ("a", "c"), False),
    ("ForAllValues:StringEquals", "k", "a", None, True),
    ("ForAnyValue:StringEquals", "k", "a", ("b", "a"), True),
    ("ForAnyValue:StringEquals", "k", "a", None, False),
    ("ForAnyValue:StringNotEquals", "k", "a", ("a", "b"), True),
    ("ForAllValues:StringNotLike", "k", "a*", ("ab", "b"), False),
    ("NoSuchOperator", "k", "a", "a", False),
]


@pytest.mark.parametrize(("operator", "key", "values", "asked", "holds"), CONDITIONS)
def test_condition_operators(operator: str, key: str, values: Any, asked: Any, holds: bool) -> None:
    """Each as AWS's page has it."""
    context = {} if asked is None else {"k": asked}
    assert (
        conditions.hold(conditions.read({operator: {key: values}}, variables=True), context)
        is holds
    )


def test_all_operators_and_keys_of_a_condition_have_to_hold() -> None:
    """One that does not is enough to keep a statement from applying."""
    both = {"StringEquals": {"a": "1", "b": "2"}, "Bool": {"c": "true"}}
    context = {"a": "1", "b": "2", "c": "true"}
    assert decide(allow(Condition=both), **context)
    for key in context:
        assert not decide(allow(Condition=both), **{**context, key: "x"})


@pytest.mark.parametrize(
    ("element", "principal", "how"),
    [
        ("*", ANN, Named.DIRECTLY),
        ({"AWS": ["999", "*"]}, ANN, Named.DIRECTLY),
        ({"AWS": ANN.arn}, ANN, Named.DIRECTLY),
        ({"AWS": ACCOUNT}, ANN, Named.ACCOUNT),
        ({"AWS": [f"arn:aws:iam::{ACCOUNT}:root", ROLE]}, TASK, Named.ROLE),
        ({"AWS": [ROLE, TASK.arn]}, TASK, Named.DIRECTLY),
        ({"AWS": "999999999999"}, ANN, Named.NO),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:user/*"}, ANN, Named.NO),
        ({"Service": "ecs-tasks.amazonaws.com"}, ANN, Named.NO),
        (
            {"Service": ["ec2.amazonaws.com", "ecs-tasks.amazonaws.com"]},
            Principal("", service="ecs-tasks.amazonaws.com"),
            Named.DIRECTLY,
        ),
        ({"Federated": "cognito-identity.amazonaws.com"}, ANN, Named.NO),
        (None, ANN, Named.NO),
    ],
)
def test_principals_are_named_in_several_ways(
    element: Any, principal: Principal, how: Named
) -> None:
    """The most direct one counts; ARNs have no wildcards."""
    assert named(read_principals(element), principal) is how


def on_resource(*statements: Any, **more: Any) -> Policies:
    """A policy on a resource, and what else there is."""
    return Policies(resource=policy(*statements), **more)


def test_not_principal_excepts_who_is_named() -> None:
    """A Deny for all but Ann; naming her account as well, as AWS wants it, excepts nobody else."""
    names = [ANN.arn, f"arn:aws:iam::{ACCOUNT}:root"]
    deny = {"Effect": "Deny", "NotPrincipal": {"AWS": names}, "Action": "*", "Resource": "*"}
    policies = on_resource(deny, identity=(policy(allow()),))
    assert evaluate(Request(ANN, "s3:GetObject", OBJECT), policies)
    assert not evaluate(Request(TASK, "s3:GetObject", OBJECT), policies)


@pytest.mark.parametrize(
    ("principal", "name", "allowed"),
    [(ANN, ANN.arn, True), (TASK, TASK.arn, True), (TASK, ROLE, False), (ANN, ACCOUNT, False)],
)
def test_who_is_named_directly_is_not_limited(
    principal: Principal, name: str, allowed: bool
) -> None:
    """A boundary limits a role that a resource names, not a user or session that it names."""
    named_so = allow(Principal={"AWS": name})
    policies = on_resource(named_so, boundary=policy(allow("ecs:*")))
    assert evaluate(Request(principal, "s3:GetObject", OBJECT), policies).allowed is allowed


def test_a_role_that_a_resource_names_needs_no_policy_of_its_own() -> None:
    """One Allow is enough within an account; naming the account is none."""
    request = Request(TASK, "s3:GetObject", OBJECT)
    assert evaluate(request, on_resource(allow(Principal={"AWS": ROLE})))
    assert not evaluate(request, on_resource(allow(Principal={"AWS": ACCOUNT})))


def test_a_key_or_trust_policy_has_to_name_who_asks() -> None:
    """Naming the account leaves it to the identity-based policies."""
    request = Request(ANN, "kms:Decrypt", "arn:aws:kms:us-east-1:1:key/k")
    mine = (policy(allow()),)
    of_account = allow(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})
    assert evaluate(request, on_resource(of_account, identity=mine, must_name=True))
    assert not evaluate(request, on_resource(of_account, must_name=True))
    denied = evaluate(request, on_resource(allow(Principal="999"), identity=mine, must_name=True))
    assert denied.reason == "because no resource-based policy allows the kms:Decrypt action"


def test_reasons_name_the_kind_of_policy() -> None:
    """As on AWS's page, with and without an explicit deny."""
    request = Request(TASK, "s3:GetObject", OBJECT)
    all_of_it, nothing = policy(allow()), policy()
    denying = policy({"Effect": "Deny", "Action": "*", "Resource": "*", "Sid": "No"})
    denied = {
        "no identity-based policy": Policies(),
        "no permissions boundary": Policies((all_of_it,), nothing),
        "no session policy": Policies((all_of_it,), session=(nothing,)),
        "an identity-based policy": Policies((all_of_it, denying)),
        "a permissions boundary": Policies((all_of_it,), denying),
        "a session policy": Policies((all_of_it,), session=(denying,)),
    }
    for text, policies in denied.items():
        decision = evaluate(request, policies)
        assert not decision
        assert text in decision.reason
        assert decision.explicit is ("with an explicit deny" in decision.reason)
        assert (decision.statement == "No") is decision.explicit
    assert evaluate(request, Policies((all_of_it,), all_of_it, (all_of_it,))).message == ""


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("{", "not valid JSON"),
        ("[]", "not a JSON object"),
        ('{"Statement": "x"}', "statement of the policy is not"),
        ('{"Statement": {"Action": "*"}}', "neither Effect Allow nor Deny"),
        ('{"Statement": {"Effect": "Allow"}}', "neither Action nor NotAction"),
        ('{"Statement": {"Effect": "Deny", "Action": "*", "Condition": []}}', "Condition"),
        ('{"Statement": {"Effect": "Deny", "Action": "*", "Condition": {"Bool": 1}}}', "Condition"),
    ],
)
def test_what_is_no_policy_is_refused(text: str, wrong: str) -> None:
    """With what is wrong with it."""
    with pytest.raises(MalformedPolicyError, match=wrong):
        document.read(text)
