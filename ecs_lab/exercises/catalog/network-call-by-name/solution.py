"""A records of AWS Cloud Map."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, ec2 = lab.client("ecs"), lab.client("ec2")
cloud_map = lab.client("servicediscovery")
lab.begin("network-call-by-name")

pair = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80}
pair["UserIdGroupPairs"] = [{"GroupId": lab.network.security_groups["tasks"]}]
ec2.authorize_security_group_ingress(
    GroupId=lab.network.security_groups["tasks"], IpPermissions=[pair]
)
cloud_map.create_private_dns_namespace(Name="shop.local", Vpc=lab.network.vpc_id)
(namespace,) = cloud_map.list_namespaces()["Namespaces"]
made = cloud_map.create_service(
    Name="api",
    NamespaceId=namespace["Id"],
    DnsConfig={"DnsRecords": [{"Type": "A", "TTL": 60}]},
)["Service"]
ecs.update_service(
    cluster=variant.cluster, service="api", serviceRegistries=[{"registryArn": made["Arn"]}]
)
