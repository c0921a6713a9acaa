"""A target group of its own with the default path, and the listener and the service moved to it."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("clinic-health-check-path")

elb = lab.client("elbv2")
(made,) = elb.create_target_group(
    Name="fresh", Protocol="HTTP", Port=80, TargetType="ip", VpcId=lab.network.vpc_id
)["TargetGroups"]
(balancer,) = elb.describe_load_balancers(Names=["web"])["LoadBalancers"]
(listener,) = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
forward = {"Type": "forward", "TargetGroupArn": made["TargetGroupArn"]}
elb.modify_listener(ListenerArn=listener["ListenerArn"], DefaultActions=[forward])
target = {"targetGroupArn": made["TargetGroupArn"], "containerName": "web", "containerPort": 80}
ecs.update_service(cluster=variant.cluster, service="web", loadBalancers=[target])
