"""A name for the tasks, and a rule that lets them in: the way between services."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, ec2 = lab.client("ecs"), lab.client("ec2")
cloud_map = lab.client("servicediscovery")
lab.begin("network-sidecar")

group = lab.network.security_groups["tasks"]
pair = {"IpProtocol": "tcp", "FromPort": variant.sidecar.port, "ToPort": variant.sidecar.port}
pair["UserIdGroupPairs"] = [{"GroupId": group}]
ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[pair])
cloud_map.create_private_dns_namespace(Name="local", Vpc=lab.network.vpc_id)
(namespace,) = cloud_map.list_namespaces()["Namespaces"]
made = cloud_map.create_service(
    Name=variant.sidecar.name,
    NamespaceId=namespace["Id"],
    DnsConfig={"DnsRecords": [{"Type": "A", "TTL": 60}]},
)["Service"]

found = ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]
url = f"http://{variant.sidecar.name}.local:{variant.sidecar.port}/"
found["containerDefinitions"][0]["environment"] = [{"name": "SIDECAR_URL", "value": url}]
kept = ("family", "networkMode", "requiresCompatibilities", "cpu", "memory", "executionRoleArn")
ecs.register_task_definition(
    **{key: found[key] for key in kept}, containerDefinitions=found["containerDefinitions"]
)
ecs.update_service(
    cluster=variant.cluster,
    service="web",
    taskDefinition="web",
    serviceRegistries=[{"registryArn": made["Arn"]}],
)
lab.settle()
