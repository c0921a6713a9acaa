"""Opens the load balancer's group, which was open."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("clinic-security-group")

rule = {"IpProtocol": "tcp", "FromPort": int(variant.port), "ToPort": int(variant.port)}
rule["IpRanges"] = [{"CidrIp": "0.0.0.0/0"}]
lab.client("ec2").authorize_security_group_ingress(
    GroupId=lab.network.security_groups["web"], IpPermissions=[rule]
)
ecs.update_service(cluster=variant.cluster, service="web", forceNewDeployment=True)
