"""What a resource of a CloudFormation stack is in the lab: something made by the APIs themselves.

Each kind of resource is what moto's CloudFormation looks for: made, updated and deleted from the
properties of a template. The properties become API requests (cloudformation_properties), so all
that an operation of the lab can do, a template can.
"""

from __future__ import annotations

import json
from typing import Any, ClassVar, Self

from botocore.exceptions import ClientError
from moto.cloudformation import parsing
from moto.cloudformation.exceptions import UnformattedGetAttTemplateException, ValidationError

from ecs_lab.aws import ecs_api
from ecs_lab.aws.cloudformation_properties import UnsupportedPropertyError, request
from ecs_lab.aws.moto_state import MotoState
from ecs_lab.aws.transport import session_to


class Resource:
    """A resource of a stack; `properties` are those of the template, its functions worked out."""

    TYPE: ClassVar[str]
    NAME: ClassVar[str] = ""
    ATTRIBUTES: ClassVar[tuple[str, ...]] = ()
    logical_resource_id = ""
    cf_resource_type = ""

    def __init__(self, name: str, properties: dict[str, Any], region: str) -> None:
        self.name = name
        self.properties = properties
        self.region = region
        self.physical_resource_id = name

    # What a kind of resource says of itself

    def create(self) -> None:
        """Make it."""
        raise NotImplementedError

    def update(self, old: Self) -> None:
        """Make what `old` is into this; the rule is to replace it."""
        self.create()
        old.remove()

    def remove(self) -> None:
        """Unmake it."""

    # What moto's CloudFormation asks for

    @classmethod
    def cloudformation_type(cls) -> str:
        """The type as templates write it."""
        return cls.TYPE

    @classmethod
    def cloudformation_name_type(cls) -> str:
        """The property that names the resource, or nothing."""
        return cls.NAME

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        """Whether Fn::GetAtt has this attribute."""
        return attr in cls.ATTRIBUTES

    def get_cfn_attribute(self, attribute_name: str) -> Any:
        """What Fn::GetAtt gives."""
        if attribute_name not in self.ATTRIBUTES:
            raise UnformattedGetAttTemplateException
        return self.attribute(attribute_name)

    def attribute(self, name: str) -> Any:
        """The value of one of ATTRIBUTES: the id of most."""
        return self.physical_resource_id

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
        **kwargs: Any,
    ) -> Self:
        """Make a resource of a template."""
        made = cls(resource_name, dict(cloudformation_json.get("Properties", {})), region_name)
        made.create()
        return made

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: Self,
        new_resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
    ) -> Self:
        """Make a resource into what the new template says."""
        properties = dict(cloudformation_json.get("Properties", {}))
        if properties == original_resource.properties:
            return original_resource
        made = cls(new_resource_name, properties, region_name)
        made.update(original_resource)
        return made

    def delete(self, account_id: str, region_name: str) -> None:
        """Unmake a resource of a stack that is deleted; what is gone already is no error."""
        try:
            self.remove()
        except ClientError as error:
            if "NotFound" not in error.response["Error"]["Code"]:
                raise

    def is_created(self) -> bool:
        """Always: what takes time is waited for by the stack."""
        return True

    # Requests

    def ecs(self, operation: str, properties: dict[str, Any], **more: Any) -> dict[str, Any]:
        """One operation of ECS; raises ValidationError with ECS's words."""
        try:
            asked = {**request("ecs", operation, properties), **more}
        except UnsupportedPropertyError as error:
            raise ValidationError(message=f"{error} ({self.TYPE})") from error
        headers = {"X-Amz-Target": f"AmazonEC2ContainerServiceV20141113.{operation}"}
        ecs = world().ecs_in(self.region)
        status, _, body = ecs_api.answer(ecs, headers, json.dumps(asked).encode())
        answer: dict[str, Any] = json.loads(body)
        if status >= 400:
            raise ValidationError(
                message=f'Resource handler returned message: "Invalid request provided: '
                f'{operation} error: {answer["message"]}" (HandlerErrorCode: InvalidRequest)'
            )
        return answer

    def client(self, service: str) -> Any:
        """A boto3 client of the lab, whose calls take no time."""
        return client_of(service, self.region)


def client_of(service: str, region: str) -> Any:
    """A boto3 client of the lab in a Region, whose calls take no time."""
    here = world()

    def quietly(method: str, url: str, headers: dict[str, str], body: bytes) -> Any:
        return here.handle(method, url, headers, body, quiet=True)

    return session_to(quietly, region).client(service)  # type: ignore[call-overload] # any service's name


def world() -> Any:
    """The lab that is in moto's tables now."""
    current = MotoState.current
    if current is None or current.owner is None:
        raise NotImplementedError("CloudFormation's ECS resources need an open lab")
    return current.owner


def without(properties: dict[str, Any], *names: str) -> dict[str, Any]:
    """The properties but those."""
    return {key: value for key, value in properties.items() if key not in names}


def register(*kinds: type[Resource]) -> None:
    """Have moto's CloudFormation make resources of these kinds, for the rest of the process.

    moto: looks types up in these tables, and has AWS::ECS::Cluster, TaskDefinition and Service of
    its own, which drop most properties; ours come in their place.
    """
    models: dict[str, Any] = parsing.get_model_map()
    models.update({each.TYPE: each for each in kinds})
    parsing.get_name_type_map().update({each.TYPE: each.NAME for each in kinds})
