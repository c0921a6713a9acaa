"""The address that both containers have: localhost."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("network-sidecar")

found = ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]
url = f"http://localhost:{variant.sidecar.port}/"
found["containerDefinitions"][0]["environment"] = [{"name": "SIDECAR_URL", "value": url}]
kept = ("family", "networkMode", "requiresCompatibilities", "cpu", "memory", "executionRoleArn")
ecs.register_task_definition(
    **{key: found[key] for key in kept}, containerDefinitions=found["containerDefinitions"]
)
ecs.update_service(cluster=variant.cluster, service="web", taskDefinition="web")
lab.settle()
