"""A name, and no way."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, ec2 = lab.client("ecs"), lab.client("ec2")
cloud_map = lab.client("servicediscovery")
lab.begin("network-call-by-name")

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
