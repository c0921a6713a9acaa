"""NFS from the tasks, on the group of the mount targets."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
ec2 = lab.client("ec2")
lab.begin("clinic-efs-security-group")

groups = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["files"]}])
tasks = {"GroupId": lab.network.security_groups["tasks"]}
rule = {"IpProtocol": "tcp", "FromPort": 2049, "ToPort": 2049, "UserIdGroupPairs": [tasks]}
ec2.authorize_security_group_ingress(
    GroupId=groups["SecurityGroups"][0]["GroupId"], IpPermissions=[rule]
)
ecs.update_service(cluster=variant.cluster, service="web", forceNewDeployment=True)
