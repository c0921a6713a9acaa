"""Only the health check asks the port that answers."""

from ecs_lab import Lab

lab = Lab()
lab.begin("clinic-container-port")

elb = lab.client("elbv2")
(group,) = elb.describe_target_groups(Names=["web"])["TargetGroups"]
elb.modify_target_group(TargetGroupArn=group["TargetGroupArn"], HealthCheckPort="80")
