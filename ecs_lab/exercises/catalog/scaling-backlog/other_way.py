"""The largest value of each minute, and two days of protection."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, scaling = lab.client("ecs"), lab.client("application-autoscaling")
lab.begin("scaling-backlog")

the_count = {
    "ServiceNamespace": "ecs",
    "ResourceId": f"service/{variant.cluster}/web",
    "ScalableDimension": "ecs:service:DesiredCount",
}
scaling.register_scalable_target(**the_count, MinCapacity=1, MaxCapacity=10)
scaling.put_scaling_policy(
    **the_count,
    PolicyName="backlog",
    PolicyType="TargetTrackingScaling",
    TargetTrackingScalingPolicyConfiguration={
        "TargetValue": variant.work.wait / variant.work.each,
        "CustomizedMetricSpecification": {
            "Namespace": "Shop",
            "MetricName": "BacklogPerTask",
            "Statistic": "Maximum",
        },
    },
)
tasks = ecs.list_tasks(cluster=variant.cluster, serviceName="web")["taskArns"]
ecs.update_task_protection(
    cluster=variant.cluster, tasks=tasks, protectionEnabled=True, expiresInMinutes=2880
)
