"""Rules for containers: what they are and what they say of each other."""

from __future__ import annotations

from task_definition_requests import (
    ENV_FILE,
    ROLE,
    TWO,
    Case,
    check,
    container,
    ec2,
    fargate,
    secret,
    waits,
)

CONTAINERS = [
    Case("no container", ec2(containerDefinitions=[]), "Container list cannot be empty.", ec2()),
    Case(
        "eleven containers",
        ec2(*(container(name=f"c{n}") for n in range(11))),
        "Too many containers.",
        ec2(*(container(name=f"c{n}") for n in range(10))),
    ),
    Case(
        "no container name",
        ec2({"image": "nginx", "memory": 128}),
        "Container.name should not be null or empty.",
        ec2(container(name="w")),
    ),
    Case(
        "container name with a dot",
        ec2(container(name="web.1")),
        "Container.name contains invalid characters.",
        ec2(container(name="web_1")),
    ),
    Case(
        "container name of 256 letters",
        ec2(container(name="x" * 256)),
        "Container.name should be 255 characters or less",
        ec2(container(name="x" * 255)),
    ),
    Case(
        "two containers of one name",
        ec2(container(), container()),
        "Container names must be unique within a task definition.",
        ec2(*TWO),
    ),
    Case(
        "no image",
        ec2({"name": "web", "memory": 128}),
        "Container.image should not be null or empty.",
        ec2(container(image="n")),
    ),
    Case(
        "image with a space",
        ec2(container(image="nginx: latest")),
        "Container.image contains invalid characters.",
        ec2(container(image="public.ecr.aws/nginx/nginx:1.27")),
    ),
    Case(
        "image of 256 letters",
        ec2(container(image="x" * 256)),
        "Container.image should be 255 characters or less",
        ec2(container(image="x" * 255 + "@sha256:" + "0" * 64)),
    ),
    Case(
        "nothing essential",
        ec2(container(essential=False)),
        "Task definition doesn't have any essential container.",
        ec2(container(essential=False), container(name="db")),
    ),
    Case(
        "no memory anywhere",
        ec2({"name": "web", "image": "nginx"}),
        "Invalid setting for container 'web'. At least one of 'memory' or 'memoryReservation'"
        " must be specified.",
        ec2({"name": "web", "image": "nginx"}, memory="128"),
    ),
    Case(
        "no memory, told before Fargate's own rules",
        ec2({"name": "web", "image": "nginx"}, requiresCompatibilities=["FARGATE"]),
        "Invalid setting for container 'web'. At least one of 'memory' or 'memoryReservation'"
        " must be specified.",
        fargate({"name": "web", "image": "nginx"}),
    ),
    Case(
        "hard limit below soft limit",
        ec2(container(memory=128, memoryReservation=129)),
        "Invalid setting for container 'web'. 'memory' must be greater than or equal to"
        " 'memoryReservation'.",
        ec2(container(memory=128, memoryReservation=128)),
    ),
    Case(
        "3 MiB",
        ec2(container(memory=3)),
        "Invalid setting for container 'web'. 'memory' must be at least 4 MiB.",
        ec2(container(memory=4)),
    ),
    Case(
        "a container with more memory than the task",
        ec2(container(memory=513, memoryReservation=1024 // 4), memory="512"),
        "The 'memory' setting for container 'web' is greater than for the task.",
        ec2(container(memory=512), memory="0.5 GB"),
    ),
    Case(
        "soft limits above the task's memory",
        ec2(container(memory=512, memoryReservation=400), container(name="db"), memory="512"),
        "The sum of all container 'memoryReservation' values cannot be greater than the value"
        " of the task 'memory'.",
        ec2(container(memory=512, memoryReservation=384), container(name="db"), memory="512"),
    ),
    Case(
        "hard limits above the task's memory",
        ec2(container(memory=400), container(name="db"), memory="512"),
        "The sum of all container 'memory' values cannot be greater than the value of the task"
        " 'memory'.",
        ec2(container(memory=384), container(name="db"), memory="512"),
    ),
    Case(
        "negative cpu",
        ec2(container(cpu=-1)),
        "Invalid 'cpu' setting for container 'web'.",
        ec2(container(cpu=0)),
    ),
    Case(
        "more cpu than the task",
        ec2(container(cpu=200), container(name="db", cpu=57), cpu="256"),
        "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.",
        ec2(container(cpu=200), container(name="db", cpu=56), cpu="256"),
    ),
    Case(
        "a health check that is no command",
        ec2(container(healthCheck={"command": ["curl http://localhost/"]})),
        "Health check command for container 'web' must start with CMD or CMD-SHELL and go on"
        " with the command.",
        ec2(container(healthCheck={"command": ["CMD", "curl", "http://localhost/"]})),
    ),
    *(
        Case(
            f"health check {setting} above {most}",
            ec2(container(healthCheck=check(**{setting: most + 1}))),
            f"Health check {setting} must be less than or equal to the maximum allowed value"
            f" {most} for container 'web'",
            ec2(container(healthCheck=check(**{setting: most}))),
        )
        for setting, most in (
            ("interval", 300),
            ("timeout", 60),
            ("retries", 10),
            ("startPeriod", 300),
        )
    ),
    *(
        Case(
            f"health check {setting} below {least}",
            ec2(container(healthCheck=check(**{setting: least - 1}))),
            f"Health check {setting} must be greater than or equal to the minimum allowed value"
            f" {least} for container 'web'",
            ec2(container(healthCheck=check(**{setting: least}))),
        )
        for setting, least in (("interval", 5), ("timeout", 2), ("retries", 1), ("startPeriod", 0))
    ),
    Case(
        "a ulimit nobody knows",
        ec2(container(ulimits=[{"name": "memory", "softLimit": 1, "hardLimit": 1}])),
        "Unrecognized ulimit name memory",
        ec2(container(ulimits=[{"name": "memlock", "softLimit": -1, "hardLimit": -1}])),
    ),
    Case(
        "a soft limit above the hard limit",
        ec2(container(ulimits=[{"name": "nofile", "softLimit": 1025, "hardLimit": 1024}])),
        "The soft limit of ulimit nofile for container 'web' cannot be greater than its"
        " hard limit.",
        ec2(container(ulimits=[{"name": "nofile", "softLimit": 1024, "hardLimit": 1024}])),
    ),
    *(
        Case(
            f"restart after {wrong} s",
            ec2(container(restartPolicy={"enabled": True, "restartAttemptPeriod": wrong})),
            "The 'restartAttemptPeriod' setting for container 'web' must be between 60 and 1800.",
            ec2(container(restartPolicy={"enabled": True, "restartAttemptPeriod": right})),
        )
        for wrong, right in ((59, 60), (1801, 1800))
    ),
    Case(
        "51 ignored exit codes",
        ec2(container(restartPolicy={"enabled": True, "ignoredExitCodes": list(range(51))})),
        "The 'ignoredExitCodes' setting for container 'web' must have at most 50 exit codes.",
        ec2(container(restartPolicy={"enabled": True, "ignoredExitCodes": list(range(50))})),
    ),
    Case(
        "a secret twice",
        ec2(container(secrets=[secret("A"), secret("A")]), executionRoleArn=ROLE),
        "Duplicate secret names found: A. Each secret name must be unique.",
        ec2(container(secrets=[secret("A"), secret("B")]), executionRoleArn=ROLE),
    ),
    Case(
        "a secret that is a variable too",
        ec2(
            container(secrets=[secret("A")], environment=[{"name": "A", "value": "1"}]),
            executionRoleArn=ROLE,
        ),
        "The secret name must be unique and not shared with any new or existing environment"
        " variables set on the container, such as 'A'.",
        ec2(
            container(secrets=[secret("A")], environment=[{"name": "B", "value": "1"}]),
            executionRoleArn=ROLE,
        ),
    ),
    Case(
        "a secret from nowhere",
        ec2(container(secrets=[secret("A", "my password:1")]), executionRoleArn=ROLE),
        "The Systems Manager parameter name specified for secret A is invalid. The parameter name"
        " can be up to 2048 characters and include the following letters and symbols: a-zA-Z0-9_.-",
        ec2(container(secrets=[secret("A", "/shop/password")]), executionRoleArn=ROLE),
    ),
    Case(
        "secrets without execution role",
        ec2(container(secrets=[secret("A")])),
        "When you are specifying container secrets, you must also specify a value for"
        " 'executionRoleArn'.",
        ec2(container(secrets=[secret("A")]), executionRoleArn=ROLE),
    ),
    Case(
        "eleven environment files",
        ec2(container(environmentFiles=[{"value": ENV_FILE, "type": "s3"}] * 11)),
        "The maximum number of environment files was exceeded. Specify ten or less and try again.",
        ec2(container(environmentFiles=[{"value": ENV_FILE, "type": "s3"}] * 10)),
    ),
    Case(
        "an environment file by its address",
        ec2(container(environmentFiles=[{"value": "s3://shop/web.env", "type": "s3"}])),
        "Invalid arn syntax.",
        ec2(container(environmentFiles=[{"value": ENV_FILE, "type": "s3"}])),
    ),
    Case(
        "an environment file that is not in S3",
        ec2(container(environmentFiles=[{"value": ENV_FILE, "type": "efs"}])),
        "The environment file type 'efs' is not supported: the only supported value is s3.",
        ec2(container(environmentFiles=[{"value": ENV_FILE, "type": "s3"}])),
    ),
    Case(
        "an environment file of another name",
        ec2(container(environmentFiles=[{"value": "arn:aws:s3:::shop/web.txt", "type": "s3"}])),
        "The environment file 'arn:aws:s3:::shop/web.txt' must have the file extension .env.",
        ec2(container(environmentFiles=[{"value": ENV_FILE, "type": "s3"}])),
    ),
    Case(
        "waiting for nobody",
        ec2(waits("web", "db")),
        "Cannot depend on container + 'db' because it does not exist",
        ec2(waits("web", "db"), container(name="db")),
    ),
    Case(
        "an unknown condition",
        ec2(waits("web", "db", "READY"), container(name="db")),
        "The dependency condition 'READY' for container 'web' is not valid. Must be one of"
        " [START,COMPLETE,SUCCESS,HEALTHY]",
        ec2(waits("web", "db", "START"), container(name="db")),
    ),
    *(
        Case(
            f"waiting for {condition} of an essential container",
            ec2(waits("web", "db", condition), container(name="db")),
            "A dependency container with SUCCESS or COMPLETE condition cannot be an essential"
            " container",
            ec2(waits("web", "db", condition), container(name="db", essential=False)),
        )
        for condition in ("SUCCESS", "COMPLETE")
    ),
    Case(
        "waiting for health that nobody checks",
        ec2(waits("web", "db", "HEALTHY"), container(name="db")),
        "A dependency container with HEALTHY condition must have health check configured",
        ec2(waits("web", "db", "HEALTHY"), container(name="db", healthCheck=check())),
    ),
    Case(
        "waiting in a circle",
        ec2(waits("a", "b"), waits("b", "c"), waits("c", "a")),
        "Container dependencies should not have a cycle",
        ec2(waits("a", "b"), waits("b", "c"), container(name="c")),
    ),
    Case(
        "linked to nobody",
        ec2(container(links=["db:database"])),
        "Cannot link to container 'db' because it does not exist",
        ec2(container(links=["db:database"]), container(name="db")),
    ),
    Case(
        "linked in a circle",
        ec2(container(links=["db"]), container(name="db", links=["web"])),
        "Container links should not have a cycle",
        ec2(container(links=["db"]), container(name="db")),
    ),
    Case(
        "volumes from nobody",
        ec2(container(volumesFrom=[{"sourceContainer": "db"}])),
        "Cannot mount volumes from container 'db' because it does not exist",
        ec2(container(volumesFrom=[{"sourceContainer": "db"}]), container(name="db")),
    ),
]
