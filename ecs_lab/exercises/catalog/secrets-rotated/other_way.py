"""The label is written out, and a service made anew takes the place of the old one."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("secrets-rotated")

found = ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]
(web,) = found["containerDefinitions"]
secret = web["secrets"][0]["valueFrom"].partition(":password:")[0]
kept = ("family", "networkMode", "requiresCompatibilities", "cpu", "memory", "executionRoleArn")
plan = {key: found[key] for key in kept}
web["secrets"][0]["valueFrom"] = f"{secret}:password:AWSCURRENT:"
ecs.register_task_definition(**plan | {"family": "shopfront"}, containerDefinitions=[web])
ecs.delete_service(cluster=variant.cluster, service="web", force=True)
lab.settle()
ecs.create_service(
    cluster=variant.cluster,
    serviceName="web",
    taskDefinition="shopfront",
    desiredCount=2,
    launchType="FARGATE",
    networkConfiguration={"awsvpcConfiguration": {"subnets": lab.network.private_subnets}},
)
lab.settle()
