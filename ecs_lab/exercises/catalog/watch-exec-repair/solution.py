"""A task role for channel and log, a writable root, and new tasks with Exec."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, iam = lab.client("ecs"), lab.client("iam")
lab.begin("watch-exec-repair")

channels = ["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"]
actions = [f"ssmmessages:{name}" for name in channels]
actions += ["logs:DescribeLogGroups", "logs:DescribeLogStreams"]
actions += ["logs:CreateLogStream", "logs:PutLogEvents"]
statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
iam.put_role_policy(RoleName="web", PolicyName="exec", PolicyDocument=document)

where = {"cloudWatchLogGroupName": variant.group}
logged = {"logging": "OVERRIDE", "logConfiguration": where}
ecs.update_cluster(cluster=variant.cluster, configuration={"executeCommandConfiguration": logged})

old = ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]
(web,) = old["containerDefinitions"]
ecs.register_task_definition(
    family="web",
    requiresCompatibilities=["FARGATE"],
    networkMode="awsvpc",
    cpu=old["cpu"],
    memory=old["memory"],
    executionRoleArn=old["executionRoleArn"],
    taskRoleArn=old["taskRoleArn"],
    containerDefinitions=[web | {"readonlyRootFilesystem": False}],
)
ecs.update_service(
    cluster=variant.cluster, service="web", taskDefinition="web", enableExecuteCommand=True
)
