"""The same metric, named in full as a customized one."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, scaling = lab.client("ecs"), lab.client("application-autoscaling")
lab.begin("scaling-follow-load")

the_count = {
    "ServiceNamespace": "ecs",
    "ResourceId": f"service/{variant.cluster}/web",
    "ScalableDimension": "ecs:service:DesiredCount",
}
scaling.register_scalable_target(**the_count, MinCapacity=2, MaxCapacity=variant.most)
scaling.put_scaling_policy(
    **the_count,
    PolicyName="cpu",
    PolicyType="TargetTrackingScaling",
    TargetTrackingScalingPolicyConfiguration={
        "TargetValue": variant.target,
        "CustomizedMetricSpecification": {
            "Namespace": "AWS/ECS",
            "MetricName": "CPUUtilization",
            "Statistic": "Average",
            "Dimensions": [
                {"Name": "ClusterName", "Value": variant.cluster},
                {"Name": "ServiceName", "Value": "web"},
            ],
        },
    },
)
