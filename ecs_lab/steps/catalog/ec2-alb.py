"""An EC2 service behind an Application Load Balancer.

Two container instances in two zones show the menu. Docker chooses the ports, so several tasks fit
on one instance, and the load balancer is told which they are.
"""

from ecs_lab import Lab

lab = Lab()
ecs, ec2, elb = (lab.client(name) for name in ("ecs", "ec2", "elbv2"))

# %% The cluster
# A cluster is where tasks and services belong. It has no place to run them yet.
#
# Page: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/clusters.html
ecs.create_cluster(clusterName="menu")

# %% Two container instances
# At the first boot, the user data writes the cluster's name where the agent reads it. The instance
# profile has the role that lets the agent register the instance.
#
# Page: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bootstrap_container_instance.html
# Page: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/instance_IAM_role.html
for subnet in lab.network.private_subnets[:2]:
    ec2.run_instances(
        ImageId=lab.ecs_ami,
        InstanceType="t3.small",
        MinCount=1,
        MaxCount=1,
        SubnetId=subnet,
        SecurityGroupIds=[lab.network.security_groups["instances"]],
        IamInstanceProfile={"Name": "ecsInstanceRole"},
        UserData="#!/bin/bash\necho ECS_CLUSTER=menu >> /etc/ecs/ecs.config\n",
    )
lab.wait(90)
print(len(ecs.list_container_instances(cluster="menu")["containerInstanceArns"]), "instances")

# %% The task definition
# With hostPort 0 each task gets a free port of its instance, from the ephemeral range.
#
# Page: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html
web = {
    "name": "web",
    "image": "public.ecr.aws/nginx/nginx:1.27",
    "memory": 256,
    "portMappings": [{"containerPort": 80, "hostPort": 0}],
}
ecs.register_task_definition(family="menu", networkMode="bridge", containerDefinitions=[web])

# %% The load balancer
# A target is an instance with a port of it, so the target group is one of type instance.
#
# Page: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html
(group,) = elb.create_target_group(
    Name="menu", Protocol="HTTP", Port=80, VpcId=lab.network.vpc_id, TargetType="instance"
)["TargetGroups"]
(balancer,) = elb.create_load_balancer(
    Name="menu",
    Subnets=lab.network.public_subnets[:2],
    SecurityGroups=[lab.network.security_groups["web"]],
)["LoadBalancers"]
elb.create_listener(
    LoadBalancerArn=balancer["LoadBalancerArn"],
    Protocol="HTTP",
    Port=80,
    DefaultActions=[{"Type": "forward", "TargetGroupArn": group["TargetGroupArn"]}],
)
url = "http://" + balancer["DNSName"]

# %% The service
# Four tasks on two instances. ECS registers the pair of instance and port for each.
#
# Page: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html
target = {"targetGroupArn": group["TargetGroupArn"], "containerName": "web", "containerPort": 80}
ecs.create_service(
    cluster="menu",
    serviceName="web",
    taskDefinition="menu",
    desiredCount=4,
    launchType="EC2",
    loadBalancers=[target],
)
ecs.get_waiter("services_stable").wait(cluster="menu", services=["web"])
health = elb.describe_target_health(TargetGroupArn=group["TargetGroupArn"])
for each in health["TargetHealthDescriptions"]:
    print(each["Target"]["Id"], each["Target"]["Port"], each["TargetHealth"]["State"])

# %% Ten requests
# They come in on port 80 of the load balancer, and go on to the ports that Docker chose.
#
# Page: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html
replies = [lab.http.get(url) for _ in range(10)]
print(len({reply.task for reply in replies}), "tasks have answered")
lab.http.get(url)
