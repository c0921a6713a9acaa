"""The role in a new revision, and the same instances."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, iam = lab.client("ecs"), lab.client("iam")
lab.begin("ec2-task-role-setting")

web = ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]
ecs.register_task_definition(
    family="web",
    taskRoleArn=iam.get_role(RoleName="webTask")["Role"]["Arn"],
    containerDefinitions=web["containerDefinitions"],
)
ecs.update_service(cluster=variant.cluster, service="web", taskDefinition="web")
iam.delete_role_policy(RoleName="ecsInstanceRole", PolicyName="parameters")
lab.wait(600)
