"""Service Connect with the name as its alias."""

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
alias = [{"port": 80, "dnsName": "api.shop.local"}]
connect = {"enabled": True, "namespace": namespace["Arn"]}
serving = connect | {"services": [{"portName": "http", "clientAliases": alias}]}
ecs.update_service(cluster=variant.cluster, service="api", serviceConnectConfiguration=serving)
lab.settle()
ecs.update_service(cluster=variant.cluster, service="front", serviceConnectConfiguration=connect)
