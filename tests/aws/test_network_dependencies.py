"""What EC2 does not delete, detach or release, and what goes with what is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from moto.elb.models import elb_backends
from network_site import ACCOUNT_ID, ANYWHERE, Site, group

from ecs_lab.aws import network

if TYPE_CHECKING:
    from ecs_lab import Lab


@pytest.fixture
def site(lab: Lab) -> Site:
    """An empty VPC."""
    return Site(lab)


def instance_of(place: network.Place) -> str:
    """The id in the name of an instance's place."""
    return place.name.split()[-1]


def code_of(call: Any, **request: Any) -> str:
    """The error code of a request that is refused."""
    with pytest.raises(ClientError) as refused:
        call(**request)
    return str(refused.value.response["Error"]["Code"])


def test_a_security_group_in_use_stays(site: Site) -> None:
    """While something has it or another group's rule names it; the default one always."""
    front, back = site.group("front"), site.group("back")
    site.let_in(back, 80, group(front))
    place = site.instance(site.subnet(), back)
    delete = site.ec2.delete_security_group
    assert code_of(delete, GroupId=front) == code_of(delete, GroupId=back) == "DependencyViolation"
    named = [
        {"Name": "vpc-id", "Values": [site.vpc]},
        {"Name": "group-name", "Values": ["default"]},
    ]
    [default] = site.ec2.describe_security_groups(Filters=named)["SecurityGroups"]
    assert code_of(delete, GroupId=default["GroupId"]) == "CannotDelete"
    site.ec2.terminate_instances(InstanceIds=[instance_of(place)])
    delete(GroupId=back)
    delete(GroupId=front)


def test_a_terminated_instance_leaves_its_subnet(site: Site) -> None:
    """Its network interface is deleted, so that the subnet can be; a stopped one keeps it."""
    subnet = site.subnet()
    place = site.instance(subnet, site.group("app"))
    delete = site.ec2.delete_subnet
    site.ec2.stop_instances(InstanceIds=[instance_of(place)])
    assert code_of(delete, SubnetId=subnet) == "DependencyViolation"
    site.ec2.terminate_instances(InstanceIds=[instance_of(place)])
    named = [{"Name": "subnet-id", "Values": [subnet]}]
    assert site.ec2.describe_network_interfaces(Filters=named)["NetworkInterfaces"] == []
    delete(SubnetId=subnet)


def test_an_internet_gateway_in_use_stays(site: Site) -> None:
    """While something in the VPC has a public address; and a VPC has one gateway."""
    subnet = site.subnet(public=True)
    place = site.instance(subnet, site.group("app"), public=True)
    both = {"InternetGatewayId": site.internet_gateway(), "VpcId": site.vpc}
    assert code_of(site.ec2.detach_internet_gateway, **both) == "DependencyViolation"
    second = site.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    again = {"InternetGatewayId": second, "VpcId": site.vpc}
    assert code_of(site.ec2.attach_internet_gateway, **again) == "InvalidParameterValue"
    site.ec2.terminate_instances(InstanceIds=[instance_of(place)])
    site.ec2.detach_internet_gateway(**both)
    site.ec2.attach_internet_gateway(**again)


def test_a_vpc_is_deleted_when_it_is_empty(site: Site) -> None:
    """With its default group and main route table, which alone cannot be."""
    subnet, gateway = site.subnet(), site.internet_gateway()
    tables = site.ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [site.vpc]}])
    main = [t for t in tables["RouteTables"] if any(a["Main"] for a in t["Associations"])]
    main_id = main[0]["RouteTableId"]
    assert code_of(site.ec2.delete_route_table, RouteTableId=main_id) == "DependencyViolation"
    assert code_of(site.ec2.delete_vpc, VpcId=site.vpc) == "DependencyViolation"
    site.ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=site.vpc)
    assert code_of(site.ec2.delete_vpc, VpcId=site.vpc) == "DependencyViolation"
    own = site.table(subnet)
    site.ec2.delete_subnet(SubnetId=subnet)
    for table in tables["RouteTables"]:
        for each in table["Associations"]:
            if not each["Main"]:
                site.ec2.disassociate_route_table(AssociationId=each["RouteTableAssociationId"])
    site.ec2.delete_route_table(RouteTableId=own)
    assert code_of(site.ec2.delete_route_table, RouteTableId=main_id) == "DependencyViolation"
    site.ec2.delete_vpc(VpcId=site.vpc)


def test_routes_lead_to_what_is_there(site: Site) -> None:
    """A NAT gateway that is not there is none, and a subnet has one table."""
    subnet = site.subnet()
    table = site.ec2.create_route_table(VpcId=site.vpc)["RouteTable"]["RouteTableId"]
    request = {"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0"}
    unknown = code_of(site.ec2.create_route, NatGatewayId="nat-0123456789abcdef0", **request)
    assert unknown == "InvalidNatGatewayID.NotFound"
    both = {"RouteTableId": table, "SubnetId": subnet}
    assert code_of(site.ec2.associate_route_table, **both) == "Resource.AlreadyAssociated"
    assert (
        code_of(site.ec2.delete_nat_gateway, NatGatewayId="nat-0123456789abcdef0")
        == "NatGatewayNotFound"
    )


def test_an_elastic_ip_address_in_use_is_not_released(site: Site) -> None:
    """A NAT gateway's is free once that is deleted."""
    nat = site.nat(site.subnet(public=True))
    filters = [{"Name": "vpc-id", "Values": [site.vpc]}]
    [told] = site.ec2.describe_nat_gateways(Filters=filters)["NatGateways"]
    [address] = told["NatGatewayAddresses"]
    assert not address["PublicIp"].startswith("127.")
    release = {"AllocationId": address["AllocationId"]}
    assert code_of(site.ec2.release_address, **release) == "InvalidIPAddress.InUse"
    site.ec2.delete_nat_gateway(NatGatewayId=nat)
    site.ec2.release_address(**release)


def test_what_is_not_there_gets_an_error_of_aws(site: Site) -> None:
    """Entries of network ACLs, Classic Load Balancers: no error of Python comes through."""
    [acl] = site.ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [site.vpc]}])[
        "NetworkAcls"
    ]
    entry = {"NetworkAclId": acl["NetworkAclId"], "RuleNumber": 5, "Egress": False}
    assert code_of(site.ec2.delete_network_acl_entry, **entry) == "InvalidNetworkAclEntry.NotFound"
    move = {"AssociationId": "aclassoc-0123456789abcdef0", "NetworkAclId": acl["NetworkAclId"]}
    moved = code_of(site.ec2.replace_network_acl_association, **move)
    assert moved == "InvalidAssociationID.NotFound"
    classic = site.lab.client("elb")
    request = {"LoadBalancerName": "none", "Instances": [{"InstanceId": "i-0123456789abcdef0"}]}
    register = classic.register_instances_with_load_balancer
    assert code_of(register, **request) == "LoadBalancerNotFound"


def test_changed_groups_of_an_instance_count_at_once(site: Site) -> None:
    """The new ones instead of the old, for its packets and in what is described."""
    old, new = site.group("old"), site.group("new")
    site.let_in(old, 80, ANYWHERE)
    subnet = site.subnet()
    source, target = site.instance(subnet, new), site.instance(subnet, old)
    assert network.obstacle(source, target, 80) is None
    site.ec2.modify_instance_attribute(InstanceId=instance_of(target), Groups=[new])
    target = site.place(instance_of(target))
    assert network.obstacle(source, target, 80) is not None
    told = site.ec2.describe_instances(InstanceIds=[instance_of(target)])
    [interface] = told["Reservations"][0]["Instances"][0]["NetworkInterfaces"]
    assert [each["GroupId"] for each in interface["Groups"]] == [new]


def test_a_classic_load_balancer_stands_in_its_subnets(site: Site) -> None:
    """Its nodes come and go with them, and have its groups."""
    web = site.group("web")
    first, second = (site.subnet(zone, public=True) for zone in "ab")
    elb = site.lab.client("elb")
    port = {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 80}
    elb.create_load_balancer(
        LoadBalancerName="old", Listeners=[port], Subnets=[first], SecurityGroups=[web]
    )
    backend = elb_backends[ACCOUNT_ID]["us-east-1"]

    def node(zone: str) -> network.Place:
        return network.of_load_balancer(backend.get_load_balancer("old"), zone)

    assert node("us-east-1a").subnet_id == first
    assert network.obstacle(network.internet(), node("us-east-1a"), 80) is not None
    site.let_in(web, 80, ANYWHERE)
    assert network.obstacle(network.internet(), node("us-east-1a"), 80) is None
    elb.attach_load_balancer_to_subnets(LoadBalancerName="old", Subnets=[second])
    elb.detach_load_balancer_from_subnets(LoadBalancerName="old", Subnets=[first])
    with pytest.raises(network.NoPlaceError):
        node("us-east-1a")
    other = site.group("other")
    elb.apply_security_groups_to_load_balancer(LoadBalancerName="old", SecurityGroups=[other])
    assert node("us-east-1b").group_ids == (other,)
    elb.delete_load_balancer(LoadBalancerName="old")
    site.ec2.delete_security_group(GroupId=other)


def test_a_task_is_where_its_network_mode_puts_it(lab: Lab) -> None:
    """In awsvpc mode at its own interface, in bridge mode at its instance's; with no network it is
    nowhere.
    """
    ecs, net = lab.client("ecs"), lab.network
    ecs.create_cluster(clusterName="shop")
    made = lab.client("ec2").run_instances(
        ImageId=lab.ecs_ami,
        InstanceType="t3.small",
        MinCount=1,
        MaxCount=1,
        SubnetId=net.private_subnets[0],
        SecurityGroupIds=[net.security_groups["instances"]],
        IamInstanceProfile={"Name": "ecsInstanceRole"},
        UserData="#!/bin/bash\necho ECS_CLUSTER=shop >> /etc/ecs/ecs.config\n",
    )
    lab.settle()
    awsvpc = {
        "networkConfiguration": {
            "awsvpcConfiguration": {
                "subnets": [net.private_subnets[0]],
                "securityGroups": [net.security_groups["tasks"]],
            }
        }
    }
    for mode, more in (("awsvpc", awsvpc), ("bridge", {})):
        ecs.register_task_definition(
            family=mode,
            networkMode=mode,
            containerDefinitions=[{"name": "web", "image": "nginx", "memory": 64}],
        )
        ecs.run_task(cluster="shop", taskDefinition=mode, launchType="EC2", **more)
    lab.settle()
    tasks = lab.world.ecs.state.clusters["shop"].tasks.values()  # type: ignore[attr-defined] # a local world
    places = {each.definition.family: network.of_task(each) for each in tasks}
    instance = made["Instances"][0]
    assert places["bridge"].address == instance["PrivateIpAddress"]
    assert places["bridge"].group_ids == (net.security_groups["instances"],)
    assert places["awsvpc"].address != instance["PrivateIpAddress"]
    assert places["awsvpc"].group_ids == (net.security_groups["tasks"],)
    assert network.pull_obstacle(places["awsvpc"], "nginx") is None
