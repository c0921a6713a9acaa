"""The rule that was missing, on the group that the tasks have."""

from ecs_lab import Lab

lab = Lab()
lab.begin("clinic-security-group")

ec2 = lab.client("ec2")
groups = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["shut"]}])
balancer = {"GroupId": lab.network.security_groups["web"]}
rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [balancer]}
ec2.authorize_security_group_ingress(
    GroupId=groups["SecurityGroups"][0]["GroupId"], IpPermissions=[rule]
)
