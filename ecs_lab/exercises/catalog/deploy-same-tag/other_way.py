"""First the percentages; then a deployment that names the revision there is."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("deploy-same-tag")

percent = {"minimumHealthyPercent": 100, "maximumPercent": 200}
ecs.update_service(cluster=variant.cluster, service="web", deploymentConfiguration=percent)
ecs.get_waiter("services_stable").wait(cluster=variant.cluster, services=["web"])
ecs.update_service(
    cluster=variant.cluster, service="web", taskDefinition="web:1", forceNewDeployment=True
)
ecs.get_waiter("services_stable").wait(cluster=variant.cluster, services=["web"])
