"""Opens the port on the group of the tasks."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
ec2 = lab.client("ec2")
lab.begin("clinic-efs-security-group")

groups = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["files"]}])
files = {"GroupId": groups["SecurityGroups"][0]["GroupId"]}
rule = {"IpProtocol": "tcp", "FromPort": 2049, "ToPort": 2049, "UserIdGroupPairs": [files]}
ec2.authorize_security_group_ingress(
    GroupId=lab.network.security_groups["tasks"], IpPermissions=[rule]
)
ecs.update_service(cluster=variant.cluster, service="web", forceNewDeployment=True)
