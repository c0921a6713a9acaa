"""The default action of the listener goes to the other service."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, elb = lab.client("ecs"), lab.client("elbv2")
lab.begin("cost-shared-balancer")

found = elb.describe_load_balancers(Names=["web", variant.other])["LoadBalancers"]
arns = {each["LoadBalancerName"]: each["LoadBalancerArn"] for each in found}
elb.delete_load_balancer(LoadBalancerArn=arns[variant.other])
listener = elb.describe_listeners(LoadBalancerArn=arns["web"])["Listeners"][0]
group = elb.describe_target_groups(Names=[variant.other])["TargetGroups"][0]
elb.modify_listener(
    ListenerArn=listener["ListenerArn"],
    DefaultActions=[{"Type": "forward", "TargetGroupArn": group["TargetGroupArn"]}],
)
