"""AWS services as VPC endpoints name them: their DNS names, and which there are.

Source: https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
"""

from __future__ import annotations

from moto.ec2.models.vpcs import AWS_ENDPOINT_SERVICES, COVERED_ENDPOINT_SERVICES

_HOSTS = {
    "ecr.api": "api.ecr.{region}",
    "ecr.dkr": "*.dkr.ecr.{region}",
    "ecs-agent": "ecs-a.{region}",
    "ecs-telemetry": "ecs-t.{region}",
    "execute-api": "*.execute-api.{region}",
    "kinesis-streams": "kinesis.{region}",
    "kinesis-firehose": "firehose.{region}",
}
"""Services whose host is not their name.

Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html and
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html
"""
GATEWAY_SERVICES = ("s3", "dynamodb")
"""The services that have gateway endpoints.

Source: https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
"""
_KNOWN = frozenset([*AWS_ENDPOINT_SERVICES, *COVERED_ENDPOINT_SERVICES, *GATEWAY_SERVICES])


def is_known(service: str) -> bool:
    """Whether AWS has VPC endpoints for a service, such as `ecr.api`."""
    return service in _KNOWN


def full_name(service: str, region: str) -> str:
    """A service's name in CreateVpcEndpoint.

    >>> full_name("ecr.api", "us-east-1")
    'com.amazonaws.us-east-1.ecr.api'
    """
    return f"com.amazonaws.{region}.{service}"


def short_name(service_name: str, region: str) -> str | None:
    """The service in a name for CreateVpcEndpoint; None for one of another form or Region."""
    prefix = full_name("", region)
    return service_name.removeprefix(prefix) if service_name.startswith(prefix) else None


def host(service: str, region: str) -> str:
    """The public DNS name of a service; with `*.` where names below it belong to it too.

    >>> host("ecr.dkr", "us-east-1"), host("logs", "us-east-1")
    ('*.dkr.ecr.us-east-1.amazonaws.com', 'logs.us-east-1.amazonaws.com')
    """
    return _HOSTS.get(service, service + ".{region}").format(region=region) + ".amazonaws.com"


def covers(name: str, asked: str) -> bool:
    """Whether a DNS name, perhaps with `*.`, is the one that is asked for.

    >>> covers("*.dkr.ecr.us-east-1.amazonaws.com", "1.dkr.ecr.us-east-1.amazonaws.com")
    True
    """
    if name.startswith("*."):
        return asked.endswith(name[1:])
    return name == asked
