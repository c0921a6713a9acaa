"""A larger maximum, and managed scaling with a target of 75 percent."""

from ecs_lab import Lab

lab = Lab()
ecs, scaling = lab.client("ecs"), lab.client("application-autoscaling")
lab.begin("scaling-stuck-tasks")

groups = lab.client("autoscaling")
groups.update_auto_scaling_group(AutoScalingGroupName="fleet", MaxSize=8)
ecs.update_capacity_provider(
    name="fleet",
    autoScalingGroupProvider={"managedScaling": {"status": "ENABLED", "targetCapacity": 75}},
)
lab.wait(600)
