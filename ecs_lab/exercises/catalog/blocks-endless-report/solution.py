"""The service wants no more reports, and the job runs once with its month."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("blocks-endless-report")

web = ecs.describe_services(cluster=variant.cluster, services=["web"])["services"][0]
network = web["networkConfiguration"]
ecs.update_service(cluster=variant.cluster, service="report", desiredCount=0)
lab.settle()
wanted = {"name": "report", "environment": [{"name": "MONTH", "value": variant.month}]}
answer = ecs.run_task(
    cluster=variant.cluster,
    taskDefinition="report",
    launchType="FARGATE",
    networkConfiguration=network,
    overrides={"containerOverrides": [wanted]},
)
lab.wait(300)
