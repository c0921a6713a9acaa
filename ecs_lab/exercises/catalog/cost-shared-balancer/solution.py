"""The other load balancer deleted, and a rule for its paths."""

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
elb.create_rule(
    ListenerArn=listener["ListenerArn"],
    Priority=10,
    Conditions=[{"Field": "path-pattern", "Values": [f"/{variant.other}/*"]}],
    Actions=[{"Type": "forward", "TargetGroupArn": group["TargetGroupArn"]}],
)
