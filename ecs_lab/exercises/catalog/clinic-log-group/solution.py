"""The log group."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("clinic-log-group")

lab.client("logs").create_log_group(logGroupName=variant.group)
ecs.update_service(cluster=variant.cluster, service="web", forceNewDeployment=True)
