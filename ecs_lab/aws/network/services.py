"""Whether a place reaches the API of an AWS service, or a public registry.

There are three ways to a service: over the internet (by an internet gateway and a public address,
or by a NAT gateway), by an interface VPC endpoint, and to Amazon S3 and DynamoDB by a gateway
endpoint. An interface endpoint with private DNS takes all of its VPC's requests to the service,
from every Availability Zone and whether there is another way or not: one that does not let them in
is in the way. Policies of endpoints are not looked at.
Sources: https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html and
https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
"""

from __future__ import annotations

import re
from typing import Any

from ecs_lab.aws.network import private_link, routes, security_groups, service_names
from ecs_lab.aws.network.obstacles import Obstacle, leaving, obstacle, way_out
from ecs_lab.aws.network.places import Place, internet, of_interface

HTTPS = 443
AWS_ADDRESS = "198.51.100.1"
"""What stands for the public address of a service of AWS: out of a range kept for examples, so that
rules for all addresses are about it and rules for some are not.

Source: https://www.rfc-editor.org/rfc/rfc5737
"""
_ECR_IMAGE = re.compile(r"\d{12}\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com/")


def service_obstacle(source: Place, service: str, region: str | None = None) -> Obstacle | None:
    """What keeps a place from the public API of an AWS service (named as VPC endpoints name it:
    `ecr.api`, `ecr.dkr`, `s3`, `secretsmanager`, `logs`, `ssmmessages`, ...) in its Region or
    another. None when it gets there.
    """
    if source.vpc_id is None:
        return None
    here = region is None or region == source.region
    endpoint = _interface_endpoint(source, service) if here else None
    if endpoint is not None:
        return _through_endpoint(source, endpoint)
    address = _address(source.ec2, service, source.region) if here else AWS_ADDRESS
    blocked = leaving(source, address, HTTPS)
    if blocked is not None:
        return blocked
    if here and _has_gateway_endpoint(source, address):
        return None
    way = way_out(source, address, service)
    return way if isinstance(way, Obstacle) else None


def internet_obstacle(source: Place) -> Obstacle | None:
    """What keeps a place from public registries such as Docker Hub and public.ecr.aws, which no
    VPC endpoint leads to.
    """
    return obstacle(source, internet(), HTTPS) if source.vpc_id is not None else None


def pull_obstacle(source: Place, image: str) -> Obstacle | None:
    """What keeps a place from pulling an image. One in Amazon ECR takes the API (for the
    authorization token), the registry, and Amazon S3, where the layers are.

    That is so on EC2 and on Fargate with platform version 1.4.0; older ones did without the API's
    endpoint. On Fargate the place is the task's, on EC2 its instance's: the agent pulls.
    Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html and
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html
    """
    found = _ECR_IMAGE.match(image)
    if found is None:
        return internet_obstacle(source)
    needed = (service_obstacle(source, each, found["region"]) for each in ECR_SERVICES)
    return next((each for each in needed if each is not None), None)


ECR_SERVICES = ("ecr.api", "ecr.dkr", "s3")


def _interface_endpoint(source: Place, service: str) -> Any:
    """The endpoint whose private DNS name stands for the service in the place's VPC, or None.

    Private DNS for Amazon S3 is for resolvers outside the VPC: within it S3 keeps its gateway.
    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/privatelink-interface-endpoints.html
    """
    name = service_names.full_name(service, source.region)
    for each in source.ec2.vpc_end_points.values():
        if (
            each.vpc_id == source.vpc_id
            and each.service_name == name
            and each.private_dns_enabled
            and each.network_interface_ids
        ):
            return each
    return None


def _through_endpoint(source: Place, endpoint: Any) -> Obstacle | None:
    interface = private_link.interface_for(source, endpoint)
    return obstacle(source, of_interface(interface, f"the VPC endpoint {endpoint.id}"), HTTPS)


def _address(ec2: Any, service: str, region: str) -> str:
    """A public address of a service: of its prefix list, where AWS has one."""
    name = service_names.full_name(service, region)
    for each in ec2.managed_prefix_lists.values():
        if each.prefix_list_name == name:
            return security_groups.prefix_list(ec2, each.id)[0].partition("/")[0]
    return AWS_ADDRESS


def _has_gateway_endpoint(source: Place, address: str) -> bool:
    """Whether the most specific route of the place's subnet leads to a gateway endpoint."""
    assert source.vpc_id is not None
    assert source.subnet_id is not None
    ec2 = source.ec2
    table = routes.table_of(ec2, source.vpc_id, source.subnet_id)
    route = routes.route_to(ec2, table, address)
    gateway = route.gateway if route is not None else None
    return gateway is not None and gateway.id in ec2.vpc_end_points
