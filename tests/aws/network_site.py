"""A network of the learner's own, built by boto3, for the tests of `ecs_lab.aws.network`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.ec2.models import ec2_backends
from moto.elbv2.models import elbv2_backends

from ecs_lab.aws import network

if TYPE_CHECKING:
    from ecs_lab import Lab

ACCOUNT_ID = "123456789012"
ANYWHERE = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


class Site:
    """A VPC `10.7.0.0/16` with nothing in it, and the means to fill it."""

    def __init__(self, lab: Lab, cidr: str = "10.7.0.0/16") -> None:
        self.lab, self.ec2 = lab, lab.client("ec2")
        self.vpc = self.ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
        self._next = 0
        self._prefix = cidr.rpartition(".")[0].rpartition(".")[0]

    def subnet(self, zone: str = "a", *, public: bool = False) -> str:
        """A subnet of a route table of its own; a `public` one leads to the internet gateway."""
        block = f"{self._prefix}.{self._next}.0/24"
        self._next += 1
        made = self.ec2.create_subnet(
            VpcId=self.vpc, CidrBlock=block, AvailabilityZone=self.lab.region + zone
        )
        subnet_id = str(made["Subnet"]["SubnetId"])
        table = self.ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"]
        self.ec2.associate_route_table(RouteTableId=table, SubnetId=subnet_id)
        if public:
            self.route(subnet_id, GatewayId=self.internet_gateway())
        return subnet_id

    def table(self, subnet_id: str) -> str:
        """The id of a subnet's route table."""
        named = [{"Name": "association.subnet-id", "Values": [subnet_id]}]
        return str(self.ec2.describe_route_tables(Filters=named)["RouteTables"][0]["RouteTableId"])

    def route(self, subnet_id: str, cidr: str = "0.0.0.0/0", **to: str) -> None:
        """A route of a subnet's table."""
        table = self.table(subnet_id)
        self.ec2.create_route(RouteTableId=table, DestinationCidrBlock=cidr, **to)

    def internet_gateway(self) -> str:
        """The VPC's internet gateway."""
        attached = [{"Name": "attachment.vpc-id", "Values": [self.vpc]}]
        found = self.ec2.describe_internet_gateways(Filters=attached)["InternetGateways"]
        if found:
            return str(found[0]["InternetGatewayId"])
        made = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.ec2.attach_internet_gateway(InternetGatewayId=made, VpcId=self.vpc)
        return str(made)

    def nat(self, subnet_id: str) -> str:
        """A NAT gateway in a subnet."""
        address = self.ec2.allocate_address(Domain="vpc")["AllocationId"]
        made = self.ec2.create_nat_gateway(SubnetId=subnet_id, AllocationId=address)
        return str(made["NatGateway"]["NatGatewayId"])

    def group(self, name: str) -> str:
        """A security group that lets nothing in and everything out."""
        made = self.ec2.create_security_group(GroupName=name, Description=name, VpcId=self.vpc)
        return str(made["GroupId"])

    def let_in(
        self, group_id: str, port: int, source: dict[str, Any], protocol: str = "tcp"
    ) -> None:
        """An inbound rule for one port."""
        self.ec2.authorize_security_group_ingress(
            GroupId=group_id, IpPermissions=[rule(port, source, protocol)]
        )

    def let_out(self, group_id: str, port: int, to: dict[str, Any], protocol: str = "tcp") -> None:
        """An outbound rule for one port, instead of those there are."""
        self.let_nothing_out(group_id)
        self.ec2.authorize_security_group_egress(
            GroupId=group_id, IpPermissions=[rule(port, to, protocol)]
        )

    def let_nothing_out(self, group_id: str) -> None:
        """Take all outbound rules away."""
        [found] = self.ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"]
        if found["IpPermissionsEgress"]:
            self.ec2.revoke_security_group_egress(
                GroupId=group_id, IpPermissions=found["IpPermissionsEgress"]
            )

    def instance(self, subnet_id: str, *groups: str, public: bool = False) -> network.Place:
        """An EC2 instance in a subnet: its place."""
        made = self.ec2.run_instances(
            ImageId=self.lab.ecs_ami,
            MinCount=1,
            MaxCount=1,
            NetworkInterfaces=[
                {
                    "DeviceIndex": 0,
                    "SubnetId": subnet_id,
                    "Groups": list(groups),
                    "AssociatePublicIpAddress": public,
                }
            ],
        )
        return self.place(made["Instances"][0]["InstanceId"])

    def place(self, instance_id: str) -> network.Place:
        """The place of an EC2 instance as it is now."""
        backend = ec2_backends[ACCOUNT_ID][self.lab.region]
        return network.of_instance(backend.get_instance(instance_id))

    def balancer(self, arn: str, zone: str = "a") -> network.Place:
        """The node of a load balancer in a zone."""
        backend = elbv2_backends[ACCOUNT_ID][self.lab.region]
        return network.of_load_balancer(backend.load_balancers[arn], self.lab.region + zone)


def rule(port: int, peer: dict[str, Any], protocol: str = "tcp") -> dict[str, Any]:
    """A rule of a security group for one port, as EC2's API wants it."""
    return {"IpProtocol": protocol, "FromPort": port, "ToPort": port, **peer}


def group(group_id: str) -> dict[str, Any]:
    """The members of a security group, as the peer of a rule."""
    return {"UserIdGroupPairs": [{"GroupId": group_id}]}
