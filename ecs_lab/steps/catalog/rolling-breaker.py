"""A rolling update, and a circuit breaker that takes a bad one back.

A service of two tasks gets a good new revision, then one whose image is not there.
"""

from ecs_lab import Lab

lab = Lab()
ecs = lab.client("ecs")

# %% The first revision
# Each change of a task definition is a new revision; a service runs one of them.
#
# Page: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definitions.html
ecs.create_cluster(clusterName="till")
web = {"name": "web", "image": "public.ecr.aws/nginx/nginx:1.27"}
plan = {
    "family": "till",
    "requiresCompatibilities": ["FARGATE"],
    "networkMode": "awsvpc",
    "cpu": "256",
    "memory": "512",
    "executionRoleArn": lab.roles["ecsTaskExecutionRole"],
}
ecs.register_task_definition(**plan, containerDefinitions=[web])

# %% A service with a circuit breaker
# With 100 percent as the minimum, an old task stops when a new one is there for it; 200 percent
# lets as many new ones start as there are old. The circuit breaker counts tasks that fail.
#
# Page: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
network = {
    "subnets": lab.network.private_subnets[:2],
    "securityGroups": [lab.network.security_groups["tasks"]],
}
ecs.create_service(
    cluster="till",
    serviceName="web",
    taskDefinition="till:1",
    desiredCount=2,
    launchType="FARGATE",
    networkConfiguration={"awsvpcConfiguration": network},
    deploymentConfiguration={
        "minimumHealthyPercent": 100,
        "maximumPercent": 200,
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
    },
)
print(f"{lab.settle():.0f} s until all is quiet")

# %% A new revision begins
# UpdateService names it, and a deployment begins. Twenty seconds later the new tasks are starting,
# and the old ones still run.
#
# Page: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
newer = web | {"environment": [{"name": "GREETING", "value": "Welcome back"}]}
ecs.register_task_definition(**plan, containerDefinitions=[newer])
ecs.update_service(cluster="till", service="web", taskDefinition="till:2")
lab.wait(20)
(service,) = ecs.describe_services(cluster="till", services=["web"])["services"]
for each in service["deployments"]:
    print(each["taskDefinition"][-6:], each["runningCount"], "running", each["rolloutState"])

# %% It is done
# The old tasks have stopped, and the deployment is COMPLETED: the service could go back to it.
#
# Page: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
lab.settle()
(service,) = ecs.describe_services(cluster="till", services=["web"])["services"]
for each in service["deployments"]:
    print(each["taskDefinition"][-6:], each["runningCount"], "running", each["rolloutState"])

# %% A bad revision
# Its image was never pushed, so its tasks stop before they run. At the threshold the circuit
# breaker fails the deployment, and with rollback the last COMPLETED one comes back.
#
# Page: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
bad = web | {"image": f"123456789012.dkr.ecr.{lab.region}.amazonaws.com/till:no-such-tag"}
ecs.register_task_definition(**plan, containerDefinitions=[bad])
ecs.update_service(cluster="till", service="web", taskDefinition="till:3")
lab.wait(900)
newest = ecs.list_service_deployments(cluster="till", service="web")["serviceDeployments"][0]
print(newest["status"], "-", newest["statusReason"])

# %% What runs now
# The service runs the good revision, and its two tasks have run all the while.
#
# Page: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
(service,) = ecs.describe_services(cluster="till", services=["web"])["services"]
print(service["taskDefinition"][-6:], service["runningCount"], "running")
for event in service["events"][:4]:
    print(event["message"])
