"""Proofs of the questions on cost."""

from collections import Counter
from typing import Any

from ecs_lab import cost
from ecs_lab.quiz import scene
from ecs_lab.quiz.proofs import Options, proof
from ecs_lab.quiz.trace import ProofLab

BOTH = {"capacityProviders": ["FARGATE", "FARGATE_SPOT"], "defaultCapacityProviderStrategy": []}


def front(lab: ProofLab, paths: dict[str, str]) -> str:
    """One load balancer whose rules send paths to services, the others to web; gives its name."""
    elb = lab.client("elbv2")
    groups = {name: target_group(lab, name) for name in ("web", *paths.values())}
    balancer = elb.create_load_balancer(
        Name="front",
        Subnets=lab.network.public_subnets,
        SecurityGroups=[lab.network.security_groups["web"]],
    )["LoadBalancers"][0]
    listener = elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": groups["web"]}],
    )["Listeners"][0]
    for priority, (path, name) in enumerate(paths.items(), 1):
        elb.create_rule(
            ListenerArn=listener["ListenerArn"],
            Priority=priority,
            Conditions=[{"Field": "path-pattern", "Values": [path]}],
            Actions=[{"Type": "forward", "TargetGroupArn": groups[name]}],
        )
    scene.cluster(lab)
    scene.fargate_definition(lab, scene.container(portMappings=[{"containerPort": 80}]))
    for name, arn in groups.items():
        behind = {"targetGroupArn": arn, "containerName": "web", "containerPort": 80}
        service(lab, name, loadBalancers=[behind])
    return str(balancer["DNSName"])


def target_group(lab: ProofLab, name: str) -> str:
    """The ARN of a new target group of addresses."""
    made = lab.client("elbv2").create_target_group(
        Name=name, Protocol="HTTP", Port=80, TargetType="ip", VpcId=lab.network.vpc_id
    )
    return str(made["TargetGroups"][0]["TargetGroupArn"])


def service(lab: ProofLab, name: str, **changes: Any) -> None:
    """A Fargate service of one task."""
    scene.service(lab, count=1, serviceName=name, launchType="FARGATE", **changes)


def reached(lab: ProofLab, name: str, path: str) -> str:
    """The target group that a request of this path comes to."""
    hops = lab.http.get(f"http://{name}{path}").hops
    return next((hop.name for hop in hops if hop.kind == "target group"), "")


@proof
def short_tasks(lab: ProofLab, option: Options) -> None:
    """What a task of ten seconds is billed for, and what six times that would be."""
    billed = cost.billed_seconds(10)
    option("Fargate bills every task for a minute").holds_if(
        billed == 60, f"{billed} s are billed for 10 s"
    )
    option("Fargate bills every task for the whole").holds_if(
        billed == 3600, f"{billed} s are billed for 10 s"
    )


@proof
def spot_not_started(lab: ProofLab, option: Options) -> None:
    """Run a task on FARGATE_SPOT, after each of the steps."""
    ecs = lab.client("ecs")
    scene.cluster(lab)
    scene.fargate_definition(lab)
    request = {
        "cluster": "shop",
        "taskDefinition": "web",
        "capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT", "weight": 1}],
        "networkConfiguration": scene.network(lab),
    }
    assert scene.refusal(ecs.run_task, **request), "it is refused at first"
    refused = scene.refusal(ecs.run_task, **request, launchType="FARGATE")
    option("Ask for a Spot price").holds_if(not refused, refused)
    scene.launch(lab, "ECS_CLUSTER=shop")
    lab.wait(scene.BOOT_S)
    refused = scene.refusal(ecs.run_task, **request)
    option("Put a Spot Instance").holds_if(not refused, refused)
    ecs.put_cluster_capacity_providers(cluster="shop", **BOTH)
    refused = scene.refusal(ecs.run_task, **request)
    option("Add FARGATE_SPOT").holds_if(not refused, refused or "the task is started")


@proof
def shared_by_path(lab: ProofLab, option: Options) -> None:
    """Three services behind one load balancer, and a request for each."""
    name = front(lab, {"/blog/*": "blog", "/search/*": "search"})
    found = {path: reached(lab, name, path) for path in ("/", "/blog/", "/search/")}
    lab.diagram("Three services, one load balancer")
    right = found == {"/": "web", "/blog/": "blog", "/search/": "search"}
    option("Use one load balancer").holds_if(right, f"{found}")


@proof
def shared_needs(lab: ProofLab, option: Options) -> None:
    """Add a service blog to the load balancer of web, piece by piece."""
    name = front(lab, {})
    ecs, elb = lab.client("ecs"), lab.client("elbv2")
    behind = {"containerName": "web", "containerPort": 80}
    own = {"targetGroupArn": target_group(lab, "blog")}
    request = {
        "cluster": "shop",
        "serviceName": "blog",
        "taskDefinition": "web",
        "desiredCount": 1,
        "launchType": "FARGATE",
        "networkConfiguration": scene.network(lab),
        "loadBalancers": [behind | own],
    }
    refused = scene.refusal(ecs.create_service, **request)
    assert refused, "a target group that no rule names is refused"
    balancer = elb.describe_load_balancers(Names=["front"])["LoadBalancers"][0]
    arn = balancer["LoadBalancerArn"]
    forward = [{"Type": "forward", "TargetGroupArn": own["targetGroupArn"]}]
    second = scene.refusal(
        elb.create_listener,
        LoadBalancerArn=arn,
        Protocol="HTTP",
        Port=80,
        DefaultActions=forward,
    )
    option("A listener on port 80").holds_if(not second, second)
    listener = elb.describe_listeners(LoadBalancerArn=arn)["Listeners"][0]["ListenerArn"]
    elb.create_rule(
        ListenerArn=listener,
        Priority=5,
        Conditions=[{"Field": "path-pattern", "Values": ["/blog/*"]}],
        Actions=forward,
    )
    refused = scene.refusal(ecs.create_service, **request)
    lab.settle()
    works = not refused and reached(lab, name, "/blog/") == "blog"
    option("A target group").holds_if(works, "with its own target group and a rule it is reached")
    option("A rule on the listener").holds_if(works, "without the rule the service was refused")


@proof
def empty_tags(lab: ProofLab, option: Options) -> None:
    """A tagged service, a tagged cluster, and the tags of their tasks."""
    ecs = lab.client("ecs")
    scene.cluster(lab)
    scene.fargate_definition(lab)
    tag = [{"key": "project", "value": "search"}]
    cluster = ecs.describe_clusters(clusters=["shop"])["clusters"][0]["clusterArn"]
    ecs.tag_resource(resourceArn=cluster, tags=[{"key": "project", "value": "cluster"}])
    service(lab, "untold", tags=tag)
    service(lab, "told", tags=tag, propagateTags="SERVICE")
    seen = {}
    for name in ("untold", "told"):
        arns = ecs.list_tasks(cluster="shop", serviceName=name)["taskArns"]
        tasks = ecs.describe_tasks(cluster="shop", tasks=arns, include=["TAGS"])["tasks"]
        seen[name] = {each["key"]: each["value"] for each in tasks[0].get("tags", [])}
    assert seen["untold"].get("project") != "search", "by default nothing is propagated"
    option("The tags of the cluster").holds_if(bool(seen["untold"]), f"{seen}")
    option("The services, with").holds_if(seen["told"] == {"project": "search"}, f"{seen}")


@proof
def base_on_demand(lab: ProofLab, option: Options) -> None:
    """Each strategy with eight tasks, and then no Spot capacity for a day."""
    ecs = lab.client("ecs")
    scene.cluster(lab)
    scene.fargate_definition(lab)
    ecs.put_cluster_capacity_providers(cluster="shop", **BOTH)
    spot, safe = {"capacityProvider": "FARGATE_SPOT"}, {"capacityProvider": "FARGATE"}
    strategies = {
        "The strategy FARGATE_SPOT": [spot | {"base": 3, "weight": 1}],
        "The strategy FARGATE with": [safe | {"base": 3, "weight": 0}, spot | {"weight": 1}],
    }
    for number, (text, strategy) in enumerate(strategies.items()):
        name = f"web-{number}"
        scene.service(lab, count=8, serviceName=name, capacityProviderStrategy=strategy)
        before = Counter(
            task["capacityProviderName"] for task in scene.tasks(lab, serviceName=name)
        )
        lab.interrupt_spot(8, back_after_s=86_400)
        lab.wait(600)
        left = len(scene.tasks(lab, serviceName=name))
        cheaper = before["FARGATE_SPOT"] > 0
        option(text).holds_if(left >= 3 and cheaper, f"{dict(before)}, then {left} are left")
        ecs.delete_service(cluster="shop", service=name, force=True)
        lab.wait(86_400)
