"""More failed checks, further apart, before a target is unhealthy."""

from ecs_lab import Lab

lab = Lab()
elb = lab.client("elbv2")
lab.begin("balance-slow-start")

(group,) = elb.describe_target_groups(Names=["web"])["TargetGroups"]
elb.modify_target_group(
    TargetGroupArn=group["TargetGroupArn"],
    UnhealthyThresholdCount=10,
    HealthCheckIntervalSeconds=60,
)
