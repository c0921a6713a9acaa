"""What a request to an AWS API asks for: service, operation and parameters, under boto3's names.

Clients write the same call in five protocols; botocore's model of each service tells how, as it
does for boto3. What cannot be made out is left out: then no resource is named, and a policy has to
allow the action on "*".
Source: https://smithy.io/2.0/aws/protocols/index.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit
from xml.etree import ElementTree as ET

from botocore.exceptions import UnknownServiceError
from botocore.model import ServiceModel

from ecs_lab.aws.access import signatures
from ecs_lab.aws.access.operations import models_of
from ecs_lab.aws.transport import LOADER

_CBOR = re.compile(r"/service/[^/]+/operation/(?P<operation>\w+)")
_S3_HOST = re.compile(r"(?P<bucket>.+)\.s3[.-]")


@dataclass(frozen=True, slots=True)
class Call:
    """A call of an operation such as RunTask of the service `ecs`, as its actions are named."""

    service: str
    region: str
    operation: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


def read(
    method: str, url: str, headers: Mapping[str, str], body: bytes, scope: signatures.Scope
) -> Call:
    """The call that a request makes; `scope` is what its signature says."""
    service = SERVICES.get(scope.service, scope.service)
    parts = urlsplit(url)
    target = next((value for key, value in headers.items() if key.lower() == "x-amz-target"), "")
    if target:
        operation, parameters = target.rpartition(".")[2], _json(body)
    elif found := _CBOR.fullmatch(parts.path):
        operation, parameters = found["operation"], {}
    else:
        fields = dict(parse_qsl(parts.query, keep_blank_values=True))
        form = fields if "Action" in fields else _form(body)
        if "Action" in form:
            operation = form["Action"]
            parameters = _of_form(service, operation, form)
        else:
            operation, parameters = _of_path(service, method, parts, headers, body)
    return Call(service, scope.region, operation, parameters)


SERVICES = {"monitoring": "cloudwatch"}
"""Names in signatures that differ from those in actions."""


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _form(body: bytes) -> dict[str, str]:
    if not re.match(rb"[\w.]+=", body[:64]):
        return {}
    return dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))


@cache
def _models(service: str) -> tuple[ServiceModel, ...]:
    try:
        return tuple(
            ServiceModel(LOADER.load_service_model(name, "service-2"), name)
            for name in models_of(service)
        )
    except UnknownServiceError:
        return ()


def _shape(service: str, operation: str, version: str = "") -> Any:
    """The input of an operation in botocore's model, or None.

    Two services have one name in signatures: Classic Load Balancers and the others. They are told
    apart by the version of their API.
    """
    for model in _models(service):
        if operation in model.operation_names and version in ("", model.api_version):
            return model.operation_model(operation).input_shape
    return None


# The query protocol and EC2's: Key.1.Name=...


def _of_form(service: str, operation: str, form: Mapping[str, str]) -> dict[str, Any]:
    shape = _shape(service, operation, form.get("Version", ""))
    if shape is None:
        return {}
    tree: dict[str, Any] = {}
    for key, value in form.items():
        branch, *rest = tree, *key.split(".")
        for step in rest[:-1]:
            branch = branch.setdefault(step, {})
            if not isinstance(branch, dict):
                break
        else:
            branch[rest[-1]] = value
    return dict(_from_tree(shape, tree, ec2=service == "ec2"))


def _from_tree(shape: Any, tree: Any, *, ec2: bool) -> Any:
    if shape.type_name == "structure" and isinstance(tree, dict):
        found = {}
        for name, member in shape.members.items():
            key = _form_name(name, member, ec2=ec2)
            if key in tree:
                found[name] = _from_tree(member, tree[key], ec2=ec2)
        return found
    if shape.type_name == "list" and isinstance(tree, dict):
        items = tree.get(shape.member.serialization.get("name", "member"), tree)
        items = items if isinstance(items, dict) else tree
        return [_from_tree(shape.member, items[key], ec2=ec2) for key in sorted(items, key=_number)]
    if shape.type_name == "map" and isinstance(tree, dict):
        entries = tree.get("entry", tree).values()
        return {each.get("key"): each.get("value") for each in entries if isinstance(each, dict)}
    return tree


def _form_name(name: str, member: Any, *, ec2: bool) -> str:
    """How a member is called in a form; EC2 begins with a capital letter."""
    written = member.serialization
    if ec2:
        own = str(written.get("queryName") or written.get("name") or name)
        return own[0].upper() + own[1:]
    return str(written.get("name") or name)


def _number(key: str) -> int:
    return int(key) if key.isdecimal() else 0


# REST: the operation is known by method and path


@dataclass(frozen=True, slots=True)
class _Route:
    """How the requests of an operation look: path, fixed fields of the query, and what they have
    to carry besides.
    """

    operation: str
    path: re.Pattern[str]
    fixed: frozenset[tuple[str, str]]
    query: frozenset[str]
    headers: frozenset[str]

    def fits(self, path: str, fields: Mapping[str, str], headers: Mapping[str, str]) -> bool:
        """Whether a request may be one of this operation."""
        return (
            self.path.fullmatch(path) is not None
            and self.fixed <= fields.items()
            and self.query <= fields.keys()
            and self.headers <= headers.keys()
        )

    @property
    def weight(self) -> tuple[int, int]:
        """How closely it looks: of the routes that fit the closest is meant."""
        return (
            len(self.fixed) + len(self.query) + len(self.headers),
            len(re.sub(r"\(\?P.*?\)", "", self.path.pattern)),
        )


@cache
def _routes(service: str, method: str) -> tuple[_Route, ...]:
    found = [
        _route(model.operation_model(name))
        for model in _models(service)
        for name in model.operation_names
        if model.operation_model(name).http.get("method") == method
    ]
    return tuple(sorted(found, key=lambda route: route.weight, reverse=True))


def _route(operation: Any) -> _Route:
    path, _, query = operation.http["requestUri"].partition("?")
    needed: dict[str, set[str]] = {"querystring": set(), "header": set()}
    shape = operation.input_shape
    # botocore takes the bucket out of S3's paths, which it moves to the host's name, once it has
    # made a client for S3.
    if shape is not None and "Bucket" in shape.members and "{Bucket}" not in path:
        path = "/{Bucket}" + path
    for name in shape.required_members if shape is not None else ():
        written = shape.members[name].serialization
        if written.get("location") in needed:
            needed[written["location"]].add(written["name"])
    return _Route(
        operation.name,
        _path_pattern(path),
        frozenset(parse_qsl(query, keep_blank_values=True)),
        frozenset(needed["querystring"]),
        frozenset(each.lower() for each in needed["header"]),
    )


def _path_pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"(\{[^}]*\})", path.rstrip("/"))
    names = [
        f"(?P<{part.strip('{}+')}>{'.+' if part.endswith('+}') else '[^/]+'})"
        if part.startswith("{")
        else re.escape(part)
        for part in parts
    ]
    return re.compile("".join(names) + "/?", re.DOTALL)


def _of_path(
    service: str, method: str, parts: SplitResult, headers: Mapping[str, str], body: bytes
) -> tuple[str, dict[str, Any]]:
    path = parts.path
    if service == "s3" and (found := _S3_HOST.match(parts.hostname or "")):
        path = f"/{found['bucket']}{path}"
    fields = dict(parse_qsl(parts.query, keep_blank_values=True))
    lower = {key.lower(): value for key, value in headers.items()}
    for route in _routes(service, method):
        if route.fits(path, fields, lower):
            named = route.path.fullmatch(path)
            values = {key: unquote(value) for key, value in (named or {}).groupdict().items()}  # type: ignore[union-attr] # it fits
            shape = _shape(service, route.operation)
            return route.operation, dict(_of_rest(shape, values, fields, lower, body))
    return "", {}


def _of_rest(
    shape: Any,
    path: Mapping[str, str],
    fields: Mapping[str, str],
    headers: Mapping[str, str],
    body: bytes,
) -> Iterator[tuple[str, Any]]:
    if shape is None:
        return
    payload = _payload(shape, body)
    for name, member in shape.members.items():
        written = member.serialization
        key = written.get("name", name)
        source: Mapping[str, Any] = {
            "uri": path,
            "querystring": fields,
            "header": headers,
        }.get(written.get("location", ""), payload)
        key = key.lower() if source is headers else key
        if key in source:
            yield name, source[key]


def _payload(shape: Any, body: bytes) -> dict[str, Any]:
    """The members in the body: JSON, or XML of a structure."""
    text = body.lstrip()[:1]
    if text == b"{":
        return _json(body)
    name = shape.serialization.get("payload")
    if text == b"<" and name and shape.members[name].type_name == "structure":
        try:
            root = ET.fromstring(body)  # noqa: S314 - the learner's own request
        except ET.ParseError:
            return {}
        member = shape.members[name]
        return {member.serialization.get("name", name): _of_xml(member, root)}
    return {}


def _of_xml(shape: Any, element: ET.Element) -> Any:
    if shape.type_name != "structure":
        return element.text or ""
    found: dict[str, Any] = {}
    for name, member in shape.members.items():
        tag = member.serialization.get("name", name)
        children = [each for each in element if each.tag.rpartition("}")[2] == tag]
        if not children:
            continue
        if member.type_name == "list":
            inside = children if member.serialization.get("flattened") else list(children[0])
            found[name] = [_of_xml(member.member, each) for each in inside]
        else:
            found[name] = _of_xml(member, children[0])
    return found
