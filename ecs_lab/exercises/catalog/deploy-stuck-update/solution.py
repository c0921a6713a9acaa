"""One of the two old tasks may stop first, which frees its port."""

from ecs_lab import Lab

lab = Lab()
ecs = lab.client("ecs")
ec2 = lab.client("ec2")

ecs.create_cluster(clusterName="shop")
for subnet in lab.network.private_subnets[:2]:
    ec2.run_instances(
        ImageId=lab.ecs_ami,
        InstanceType="t3.small",
        MinCount=1,
        MaxCount=1,
        SubnetId=subnet,
        IamInstanceProfile={"Name": "ecsInstanceRole"},
        UserData="#!/bin/bash\necho ECS_CLUSTER=shop >> /etc/ecs/ecs.config\n",
    )
lab.wait(120)
for version in ("1.27", "1.29"):
    web = {
        "name": "web",
        "image": f"public.ecr.aws/nginx/nginx:{version}",
        "memory": 256,
        "portMappings": [{"containerPort": 80, "hostPort": 8080}],
    }
    ecs.register_task_definition(family="web", networkMode="bridge", containerDefinitions=[web])
ecs.create_service(
    cluster="shop",
    serviceName="web",
    taskDefinition="web:1",
    desiredCount=2,
    launchType="EC2",
    availabilityZoneRebalancing="DISABLED",
    deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 100},
)
lab.settle()
ecs.update_service(cluster="shop", service="web", taskDefinition="web:2")
lab.wait(600)

ecs.update_service(
    cluster="shop",
    service="web",
    deploymentConfiguration={"minimumHealthyPercent": 50, "maximumPercent": 100},
)
lab.wait(600)
