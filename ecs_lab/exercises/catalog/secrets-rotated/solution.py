"""A reference to the current version, whichever that is."""

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
web["secrets"][0]["valueFrom"] = f"{secret}:password::"
ecs.register_task_definition(**plan, containerDefinitions=[web])
ecs.update_service(cluster=variant.cluster, service="web", taskDefinition="web")
lab.settle()
