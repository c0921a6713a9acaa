"""Bridge mode with the host port as it was."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("network-host-ports")

(web,) = ecs.describe_task_definition(taskDefinition="web")["taskDefinition"][
    "containerDefinitions"
]
web["portMappings"] = [{"containerPort": variant.port, "hostPort": variant.port}]
ecs.register_task_definition(family="web", networkMode="bridge", containerDefinitions=[web])
ecs.delete_service(cluster=variant.cluster, service="web", force=True)
lab.settle()
group = lab.client("elbv2").describe_target_groups(Names=["web"])["TargetGroups"][0]
target = {"targetGroupArn": group["TargetGroupArn"], "containerName": "web"}
ecs.create_service(
    cluster=variant.cluster,
    serviceName="web",
    taskDefinition="web",
    desiredCount=4,
    loadBalancers=[target | {"containerPort": variant.port}],
)
lab.wait(600)
