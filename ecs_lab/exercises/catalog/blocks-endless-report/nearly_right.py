"""Takes the service away, and forgets to say for which month the report is."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("blocks-endless-report")

web = ecs.describe_services(cluster=variant.cluster, services=["web"])["services"][0]
network = web["networkConfiguration"]
ecs.delete_service(cluster=variant.cluster, service="report", force=True)
lab.settle()
answer = ecs.run_task(
    cluster=variant.cluster,
    taskDefinition="report",
    launchType="FARGATE",
    networkConfiguration=network,
)
lab.wait(300)
