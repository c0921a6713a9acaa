"""awsvpc: two interfaces for tasks on each instance, and a target group of addresses."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, ec2, elb = lab.client("ecs"), lab.client("ec2"), lab.client("elbv2")
lab.begin("network-host-ports")

(web,) = ecs.describe_task_definition(taskDefinition="web")["taskDefinition"][
    "containerDefinitions"
]
web["portMappings"] = [{"containerPort": variant.port}]
ecs.register_task_definition(family="web", networkMode="awsvpc", containerDefinitions=[web])
group = lab.network.security_groups["tasks"]
pair = {"IpProtocol": "tcp", "FromPort": variant.port, "ToPort": variant.port}
pair["UserIdGroupPairs"] = [{"GroupId": lab.network.security_groups["web"]}]
ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[pair])

made = elb.create_target_group(
    Name="addresses",
    Protocol="HTTP",
    Port=variant.port,
    TargetType="ip",
    VpcId=lab.network.vpc_id,
)["TargetGroups"][0]["TargetGroupArn"]
balancer = elb.describe_load_balancers(Names=["web"])["LoadBalancers"][0]["LoadBalancerArn"]
listener = elb.describe_listeners(LoadBalancerArn=balancer)["Listeners"][0]["ListenerArn"]
elb.modify_listener(
    ListenerArn=listener, DefaultActions=[{"Type": "forward", "TargetGroupArn": made}]
)
ecs.delete_service(cluster=variant.cluster, service="web", force=True)
lab.settle()
ecs.create_service(
    cluster=variant.cluster,
    serviceName="web",
    taskDefinition="web",
    desiredCount=4,
    launchType="EC2",
    loadBalancers=[{"targetGroupArn": made, "containerName": "web", "containerPort": variant.port}],
    networkConfiguration={
        "awsvpcConfiguration": {
            "subnets": lab.network.private_subnets[:2],
            "securityGroups": [group],
        }
    },
)
lab.settle()
