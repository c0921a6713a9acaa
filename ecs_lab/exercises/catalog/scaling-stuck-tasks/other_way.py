"""The service made anew by the cluster's default strategy, and steps of two instances at most."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("scaling-stuck-tasks")

groups = lab.client("autoscaling")
groups.update_auto_scaling_group(AutoScalingGroupName="fleet", MaxSize=10)
managed = {"status": "ENABLED", "targetCapacity": 75, "maximumScalingStepSize": 2}
ecs.update_capacity_provider(name="fleet", autoScalingGroupProvider={"managedScaling": managed})
ecs.put_cluster_capacity_providers(
    cluster=variant.cluster,
    capacityProviders=["fleet"],
    defaultCapacityProviderStrategy=[{"capacityProvider": "fleet", "weight": 1}],
)
ecs.delete_service(cluster=variant.cluster, service="web", force=True)
lab.wait(300)
ecs.create_service(
    cluster=variant.cluster,
    serviceName="web",
    taskDefinition="web",
    desiredCount=variant.size.tasks,
)
