"""What every lab finds ready: a VPC over three zones, security groups, and the roles that the
lessons need.

All of it is made with ordinary API calls, so a learner can read every part with boto3.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ecs_lab.aws import machine_images
from ecs_lab.aws.transport import session_to

if TYPE_CHECKING:
    from ecs_lab.aws.world import World

VPC_CIDR = "10.0.0.0/16"
ROLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "ecsInstanceRole": (
        "ec2.amazonaws.com",
        ("arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role",),
    ),
    "ecsTaskExecutionRole": (
        "ecs-tasks.amazonaws.com",
        ("arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",),
    ),
    "shopTaskRole": ("ecs-tasks.amazonaws.com", ()),
}
"""Role -> who may assume it, and its AWS managed policies.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/instance_IAM_role.html and
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
"""


def provision(world: World) -> dict[str, Any]:
    """Make it all, and give the ids: vpc_id, zones, public_subnets, private_subnets,
    security_groups, roles, ecs_ami.
    """

    def quietly(method: str, url: str, headers: dict[str, str], body: bytes) -> Any:
        return world.handle(method, url, headers, body, quiet=True)

    session = session_to(quietly, world.region)
    ec2, iam = session.client("ec2"), session.client("iam")
    network = _network(ec2, world.region)
    return {
        **network,
        "security_groups": _security_groups(ec2, network["vpc_id"]),
        "roles": _roles(iam),
        "ecs_ami": machine_images.ecs_optimized(world.region),
        "region": world.region,
    }


def _named(kind: str, name: str) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]


def _network(ec2: Any, region: str) -> dict[str, Any]:
    vpc_id = ec2.create_vpc(CidrBlock=VPC_CIDR, TagSpecifications=_named("vpc", "lab"))["Vpc"][
        "VpcId"
    ]
    ec2.modify_vpc_attribute(VpcId=vpc_id, EnableDnsHostnames={"Value": True})
    zones = [region + letter for letter in "abc"]

    def subnet(kind: str, index: int, block: int) -> str:
        made = ec2.create_subnet(
            VpcId=vpc_id,
            CidrBlock=f"10.0.{block}.0/24",
            AvailabilityZone=zones[index],
            TagSpecifications=_named("subnet", f"{kind}-{'abc'[index]}"),
        )
        return str(made["Subnet"]["SubnetId"])

    public = [subnet("public", index, index) for index in range(3)]
    private = [subnet("private", index, 10 + index) for index in range(3)]
    _routes(ec2, vpc_id, public, private)
    return {"vpc_id": vpc_id, "zones": zones, "public_subnets": public, "private_subnets": private}


def _routes(ec2: Any, vpc_id: str, public: list[str], private: list[str]) -> None:
    """Public subnets reach the internet through an internet gateway, private ones through one NAT
    gateway.
    """
    gateway = ec2.create_internet_gateway(TagSpecifications=_named("internet-gateway", "lab"))
    gateway_id = gateway["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc_id)
    for each in public:
        ec2.modify_subnet_attribute(SubnetId=each, MapPublicIpOnLaunch={"Value": True})
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(
        SubnetId=public[0], AllocationId=address, TagSpecifications=_named("natgateway", "lab")
    )["NatGateway"]["NatGatewayId"]
    _route_table(ec2, vpc_id, "public", public, {"GatewayId": gateway_id})
    _route_table(ec2, vpc_id, "private", private, {"NatGatewayId": nat})


def _route_table(
    ec2: Any, vpc_id: str, name: str, subnets: list[str], way_out: dict[str, str]
) -> None:
    table = ec2.create_route_table(VpcId=vpc_id, TagSpecifications=_named("route-table", name))
    table_id = table["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table_id, DestinationCidrBlock="0.0.0.0/0", **way_out)
    for each in subnets:
        ec2.associate_route_table(RouteTableId=table_id, SubnetId=each)


def _security_groups(ec2: Any, vpc_id: str) -> dict[str, str]:
    """web: HTTP from anywhere; tasks: HTTP from web; instances: the dynamic host ports from web."""

    def group(name: str, description: str) -> str:
        made = ec2.create_security_group(GroupName=name, Description=description, VpcId=vpc_id)
        return str(made["GroupId"])

    def allow(group_id: str, first: int, last: int, source: dict[str, Any]) -> None:
        rule = {"IpProtocol": "tcp", "FromPort": first, "ToPort": last, **source}
        ec2.authorize_security_group_ingress(GroupId=group_id, IpPermissions=[rule])

    groups = {
        "web": group("web", "HTTP from anywhere"),
        "tasks": group("tasks", "HTTP from the web group"),
        "instances": group("instances", "dynamic host ports from the web group"),
    }
    from_web = {"UserIdGroupPairs": [{"GroupId": groups["web"]}]}
    allow(groups["web"], 80, 80, {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]})
    allow(groups["tasks"], 80, 80, from_web)
    allow(groups["instances"], 32768, 61000, from_web)
    return groups


def _roles(iam: Any) -> dict[str, str]:
    arns = {}
    for name, (service, managed) in ROLES.items():
        trust = {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
            ],
        }
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
        arns[name] = made["Role"]["Arn"]
        for policy in managed:
            iam.attach_role_policy(RoleName=name, PolicyArn=policy)
    iam.create_instance_profile(InstanceProfileName="ecsInstanceRole")
    iam.add_role_to_instance_profile(
        InstanceProfileName="ecsInstanceRole", RoleName="ecsInstanceRole"
    )
    return arns
