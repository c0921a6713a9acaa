"""A default for the other service, and rules that send the rest to web."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, elb = lab.client("ecs"), lab.client("elbv2")
lab.begin("cost-shared-balancer")

found = elb.describe_load_balancers(Names=["web", variant.other])["LoadBalancers"]
arns = {each["LoadBalancerName"]: each["LoadBalancerArn"] for each in found}
elb.delete_load_balancer(LoadBalancerArn=arns[variant.other])
listener = elb.describe_listeners(LoadBalancerArn=arns["web"])["Listeners"][0]
groups = {each["TargetGroupName"]: each for each in elb.describe_target_groups()["TargetGroups"]}
for priority, path, name in ((1, f"/{variant.other}/*", variant.other), (2, "/*", "web")):
    forward = {"Type": "forward", "TargetGroupArn": groups[name]["TargetGroupArn"]}
    elb.create_rule(
        ListenerArn=listener["ListenerArn"],
        Priority=priority,
        Conditions=[{"Field": "path-pattern", "Values": [path]}],
        Actions=[forward],
    )
