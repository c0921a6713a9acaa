"""First the percentages; then the tasks are stopped one by one, and the service replaces them."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("deploy-same-tag")

ecs.update_service(
    cluster=variant.cluster,
    service="web",
    deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 200},
)
for arn in ecs.list_tasks(cluster=variant.cluster, serviceName="web")["taskArns"]:
    ecs.stop_task(cluster=variant.cluster, task=arn, reason="an old image")
    ecs.get_waiter("services_stable").wait(cluster=variant.cluster, services=["web"])
