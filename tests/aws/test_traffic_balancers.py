"""Network and Classic Load Balancers, PrivateLink, and addresses without a load balancer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from shops import Shop

from ecs_lab.runtime.inside import UnreachableError

if TYPE_CHECKING:
    from ecs_lab import Lab

BOOT = "#!/bin/bash\necho ECS_CLUSTER=shop >> /etc/ecs/ecs.config"


def group_for(lab: Lab, name: str, cidr: str, port: int = 80) -> str:
    """A security group that lets a block reach a TCP port."""
    ec2 = lab.client("ec2")
    made = ec2.create_security_group(GroupName=name, Description=name, VpcId=lab.network.vpc_id)
    rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": cidr}]}
    ec2.authorize_security_group_ingress(GroupId=made["GroupId"], IpPermissions=[rule])
    return str(made["GroupId"])


def test_network_load_balancer_stays_in_its_zone(lab: Lab) -> None:
    """A node sends to targets of its own zone; with cross-zone load balancing to all."""
    shop = Shop(lab, kind="network")
    shop.service(count=2, groups=[group_for(lab, "vpc", "10.0.0.0/16")])
    lab.settle()
    replies = [lab.http.get(shop.url) for _ in range(8)]
    zones = [(reply.hop("load balancer").zone, reply.zone) for reply in replies]  # type: ignore[union-attr]
    assert all(node == task for node, task in zones)
    assert len(set(zones)) == 2
    shop.attributes(load_balancing__cross_zone__enabled="true")
    zones = [
        (reply.hop("load balancer").zone, reply.zone)  # type: ignore[union-attr]
        for reply in (lab.http.get(shop.url) for _ in range(8))
    ]
    assert any(node != task for node, task in zones)


def test_network_load_balancer_that_keeps_the_clients_address(lab: Lab) -> None:
    """The tasks' group then has to let the clients in: the VPC alone is not enough."""
    shop = Shop(lab, kind="network")
    shop.service(groups=[group_for(lab, "vpc", "10.0.0.0/16")])
    lab.settle()
    assert lab.http.get(shop.url).status == 200
    shop.attributes(preserve_client_ip__enabled="true")
    with pytest.raises(UnreachableError, match=r"timed out.*203\.0\.113\.10"):
        lab.http.get(shop.url)


def test_network_load_balancer_without_targets_refuses(lab: Lab) -> None:
    """There is no one to answer an error page."""
    with pytest.raises(UnreachableError, match="connection refused"):
        lab.http.get(Shop(lab, kind="network").url)


def test_task_is_asked_at_its_addresses(lab: Lab) -> None:
    """From the internet at its public one, from a subnet at its private one; the group decides."""
    shop = Shop(lab)
    shop.service(groups=[group_for(lab, "anybody", "0.0.0.0/0")], grace_s=600)
    lab.settle()
    interface = next(
        each
        for each in lab.client("ec2").describe_network_interfaces()["NetworkInterfaces"]
        if "attachment/" in each["Description"]
    )
    public = interface["Association"]["PublicIp"]
    assert lab.http.get(f"http://{public}/").task == shop.tasks()[0]
    near = lab.http.from_subnet(lab.network.private_subnets[0])
    assert near.get(f"http://{interface['PrivateIpAddress']}/").task == shop.tasks()[0]
    with pytest.raises(UnreachableError, match=r"timed out.*TCP port 8080"):
        near.get(f"http://{interface['PrivateIpAddress']}:8080/")


@pytest.mark.parametrize("block", ["172.16", "10.0"])
def test_private_link_leads_to_the_task_of_another_vpc(lab: Lab, block: str) -> None:
    """Consumer, endpoint, Network Load Balancer, task: the hops say it. Both VPCs may have the same
    addresses.
    """
    ec2 = lab.client("ec2")
    shop = Shop(lab, kind="network", groups=[group_for(lab, "consumers", f"{block}.0.0/16")])
    shop.service(groups=[group_for(lab, "vpc", "10.0.0.0/16")])
    lab.settle()
    service = ec2.create_vpc_endpoint_service_configuration(
        NetworkLoadBalancerArns=[shop.balancer], AcceptanceRequired=False
    )["ServiceConfiguration"]
    ec2.modify_vpc_endpoint_service_permissions(
        ServiceId=service["ServiceId"], AddAllowedPrincipals=["*"]
    )
    vpc = ec2.create_vpc(CidrBlock=f"{block}.0.0/16")["Vpc"]["VpcId"]
    zone = lab.network.zones[0]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=f"{block}.0.0/24", AvailabilityZone=zone)
    subnet_id = subnet["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="endpoint", Description="endpoint", VpcId=vpc)
    rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80}
    ec2.authorize_security_group_ingress(
        GroupId=group["GroupId"],
        IpPermissions=[{**rule, "IpRanges": [{"CidrIp": f"{block}.0.0/16"}]}],
    )
    endpoint = ec2.create_vpc_endpoint(
        VpcEndpointType="Interface",
        VpcId=vpc,
        ServiceName=service["ServiceName"],
        SubnetIds=[subnet_id],
        SecurityGroupIds=[group["GroupId"]],
    )["VpcEndpoint"]
    interfaces = ec2.describe_network_interfaces(
        NetworkInterfaceIds=endpoint["NetworkInterfaceIds"]
    )["NetworkInterfaces"]
    address = interfaces[0]["PrivateIpAddress"]
    reply = lab.http.from_subnet(subnet_id).get(f"http://{address}/")
    assert reply.task in shop.tasks()
    assert [each.kind for each in reply.hops][:2] == ["endpoint", "load balancer"]


class Old:
    """A Classic Load Balancer `old` and an EC2 instance of the cluster `shop`."""

    def __init__(self, lab: Lab, **container: Any) -> None:
        self.lab, self.elb, self.ecs = lab, lab.client("elb"), lab.client("ecs")
        groups = [group_for(lab, "old", "0.0.0.0/0")]
        port = {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 8080}
        self.dns_name = self.elb.create_load_balancer(
            LoadBalancerName="old",
            Listeners=[port],
            Subnets=lab.network.public_subnets[:1],
            SecurityGroups=groups,
        )["DNSName"]
        self.ecs.create_cluster(clusterName="shop")
        lab.client("ec2").run_instances(
            ImageId=lab.ecs_ami,
            InstanceType="t3.small",
            MinCount=1,
            MaxCount=1,
            SubnetId=lab.network.public_subnets[0],
            SecurityGroupIds=[group_for(lab, "instances-8080", "10.0.0.0/16", 8080)],
            IamInstanceProfile={"Name": "ecsInstanceRole"},
            UserData=BOOT,
        )
        lab.wait(180)
        web = {
            "name": "web",
            "image": "nginx",
            "memory": 128,
            "portMappings": [{"containerPort": 80, "hostPort": 8080}],
        }
        self.ecs.register_task_definition(family="web", containerDefinitions=[{**web, **container}])

    def check(self, target: str) -> None:
        """Let the load balancer check like this, every 10 s."""
        times = {"Interval": 10, "Timeout": 5, "UnhealthyThreshold": 2, "HealthyThreshold": 2}
        self.elb.configure_health_check(
            LoadBalancerName="old", HealthCheck={"Target": target, **times}
        )

    def service(self) -> None:
        """A service of one task behind it."""
        balancer = {"loadBalancerName": "old", "containerName": "web", "containerPort": 80}
        self.ecs.create_service(
            cluster="shop",
            serviceName="web",
            taskDefinition="web",
            desiredCount=1,
            healthCheckGracePeriodSeconds=3600,
            loadBalancers=[balancer],
        )

    def states(self) -> list[tuple[str, str]]:
        """State and description of each instance."""
        found = self.elb.describe_instance_health(LoadBalancerName="old")["InstanceStates"]
        return [(each["State"], each["Description"]) for each in found]


def test_classic_load_balancer_reaches_the_task_by_its_host_port(lab: Lab) -> None:
    """The listener's instance port is the task's host port."""
    old = Old(lab)
    old.check("HTTP:8080/")
    old.service()
    lab.settle()
    assert old.states() == [("InService", "N/A")]
    reply = lab.http.get(f"http://{old.dns_name}/")
    assert (reply.status, reply.revision) == (200, "web:1")


def test_classic_load_balancer_does_not_fail_open(lab: Lab) -> None:
    """A check of a page that is not there: out of service, and 503 for clients."""
    old = Old(lab)
    old.check("HTTP:8080/health")
    old.service()
    lab.wait(120)
    failed = (
        "Instance has failed at least the UnhealthyThreshold number of health checks consecutively."
    )
    assert old.states() == [("OutOfService", failed)]
    assert lab.http.get(f"http://{old.dns_name}/").status == 503
