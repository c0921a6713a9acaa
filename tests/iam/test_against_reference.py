"""Our evaluation against a slow, literal one, on policies that Hypothesis makes up."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from reference_evaluator import Document, Situation, decide

from ecs_lab.iam import document
from ecs_lab.iam.document import Policy
from ecs_lab.iam.evaluation import Policies, Request, evaluate
from ecs_lab.iam.principals import Principal

ACCOUNT = "123456789012"
ANN = {"arn": f"arn:aws:iam::{ACCOUNT}:user/ann", "account": ACCOUNT}
TASK = {
    "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/web/task",
    "account": ACCOUNT,
    "role": f"arn:aws:iam::{ACCOUNT}:role/web",
}
ACTIONS = ["s3:GetObject", "s3:GetBucketAcl", "ecs:RunTask"]
RESOURCES = [
    "arn:aws:s3:::shop/ann/x",
    "arn:aws:s3:::shop",
    "arn:aws:logs:r:1:group:a:stream:b",
    "*",
]
TEXTS = st.sampled_from(["a", "b", "A", "ab", "true", "false", "7", "10"])

actions = st.sampled_from(
    [*ACTIONS, "*", "s3:*", "S3:get*", "s3:Get?ucketAcl", "ecs:Run*", "*:Run*"]
)
resources = st.sampled_from(
    [
        *RESOURCES,
        "arn:aws:s3:::*",
        "arn:aws:s3:::shop/*",
        "arn:aws:s3:::shop/${aws:username}/*",
        "arn:aws:s3:*:*:shop",
        "arn:aws:s3:::s?op/*/x",
        "arn:aws:logs:r:1:group:a:*",
        "arn:aws:logs:*:*:gr*up:a*",
        "arn:aws:logs:r:1:*:b",
    ]
)
named = st.sampled_from(
    ["*", ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root", ANN["arn"], TASK["arn"], TASK["role"], "999"]
)


def one_or_more(values: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """A value, or a list of some."""
    return values | st.lists(values, min_size=1, max_size=3)


OPERATORS = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "Bool",
]
SETS = [
    f"{quantifier}:{name}" for quantifier in ("ForAllValues", "ForAnyValue") for name in OPERATORS
]
operators = st.sampled_from([*OPERATORS, *(f"{name}IfExists" for name in OPERATORS), *SETS])
set_operators = st.sampled_from([*SETS, "ForAnyValue:StringLikeIfExists"])
tests = st.one_of(
    st.tuples(operators, st.sampled_from(["aws:tag", "AWS:None"]), one_or_more(TEXTS)),
    st.tuples(set_operators, st.just("AWS:Many"), one_or_more(TEXTS)),
    st.tuples(
        st.sampled_from(["NumericEquals", "NumericLessThan", "NumericGreaterThanEqualsIfExists"]),
        st.sampled_from(["aws:number", "aws:none"]),
        one_or_more(st.sampled_from(["7", "10", "9.5"])),
    ),
    st.tuples(
        st.sampled_from(["ArnLike", "ArnNotEquals", "ForAnyValue:ArnEquals"]),
        st.sampled_from(["aws:source", "aws:none"]),
        one_or_more(resources.filter(lambda text: "${" not in text)),
    ),
    st.tuples(
        st.just("Null"),
        st.sampled_from(["aws:tag", "aws:none"]),
        one_or_more(st.sampled_from(["true", "false"])),
    ),
)


@st.composite
def statements(draw: st.DrawFn, *, of_resource: bool) -> Document:
    """A statement of a policy."""
    made: Document = {
        "Effect": draw(st.sampled_from(["Allow", "Allow", "Allow", "Deny"])),
        draw(st.sampled_from(["Action", "Action", "NotAction"])): draw(one_or_more(actions)),
        draw(st.sampled_from(["Resource", "Resource", "NotResource"])): draw(
            one_or_more(resources)
        ),
    }
    if of_resource:
        made["Principal"] = draw(st.just("*") | st.builds(dict, AWS=one_or_more(named)))
    for operator, key, values in draw(st.lists(tests, max_size=2)):
        made.setdefault("Condition", {}).setdefault(operator, {})[key] = values
    return made


def documents(*, of_resource: bool = False) -> st.SearchStrategy[Document]:
    """A policy document."""
    some = st.lists(statements(of_resource=of_resource), min_size=1, max_size=3)
    return st.builds(lambda them: {"Version": "2012-10-17", "Statement": them}, some)


contexts = st.fixed_dictionaries(
    {},
    optional={
        "aws:tag": st.lists(TEXTS, min_size=1, max_size=1),
        "aws:many": st.lists(TEXTS, max_size=3),
        "aws:number": st.sampled_from([["7"], ["9.5"], ["10"]]),
        "aws:source": st.sampled_from([[each] for each in RESOURCES]),
        "aws:username": st.sampled_from([["ann"], ["bob"]]),
    },
)
situations = st.builds(
    Situation,
    who=st.sampled_from([ANN, TASK]),
    action=st.sampled_from(ACTIONS),
    resource=st.sampled_from(RESOURCES),
    context=contexts,
    identity=st.lists(documents(), max_size=2),
    boundary=st.none() | documents(),
    session=st.none() | st.lists(documents(), min_size=1, max_size=2),
    on_resource=st.none() | documents(of_resource=True),
    resource_must_allow=st.booleans(),
)


def read(made: Document) -> Policy:
    """A document as our evaluation takes it."""
    return document.read(json.dumps(made))


def ours(it: Situation) -> bool:
    """What our evaluation says."""
    principal = Principal(it.who["arn"], it.who["account"], it.who.get("role", ""))
    context = {
        key: values[0] if len(values) == 1 else tuple(values) for key, values in it.context.items()
    }
    policies = Policies(
        identity=tuple(map(read, it.identity)),
        boundary=None if it.boundary is None else read(it.boundary),
        session=None if it.session is None else tuple(map(read, it.session)),
        resource=None if it.on_resource is None else read(it.on_resource),
        must_name=it.resource_must_allow,
    )
    return evaluate(Request(principal, it.action, it.resource, context), policies).allowed


@settings(max_examples=400, deadline=None)
@given(situations)
def test_it_agrees_with_a_literal_reading_of_the_pages(it: Situation) -> None:
    """Whatever the policies and the request."""
    assert ours(it) is decide(it)
