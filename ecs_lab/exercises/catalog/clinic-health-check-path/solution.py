"""A page that the container has."""

from ecs_lab import Lab

lab = Lab()
lab.begin("clinic-health-check-path")

elb = lab.client("elbv2")
(group,) = elb.describe_target_groups(Names=["web"])["TargetGroups"]
elb.modify_target_group(TargetGroupArn=group["TargetGroupArn"], HealthCheckPath="/")
