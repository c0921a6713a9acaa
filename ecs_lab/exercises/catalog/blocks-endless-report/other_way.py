"""Deletes the service, and puts the month into a new revision."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("blocks-endless-report")

web = ecs.describe_services(cluster=variant.cluster, services=["web"])["services"][0]
network = web["networkConfiguration"]
ecs.delete_service(cluster=variant.cluster, service="report", force=True)
old = ecs.describe_task_definition(taskDefinition="report")["taskDefinition"]
(job,) = old["containerDefinitions"]
job["environment"] = [{"name": "MONTH", "value": variant.month}]
ecs.register_task_definition(
    family="report",
    requiresCompatibilities=["FARGATE"],
    containerDefinitions=[job],
    networkMode="awsvpc",
    cpu="512",
    memory="1024",
)
answer = ecs.run_task(
    cluster=variant.cluster,
    taskDefinition="report",
    launchType="FARGATE",
    networkConfiguration=network,
    startedBy="accounting",
)
lab.wait(300)
