"""Rules of Fargate and of the other launch types."""

from __future__ import annotations

from task_definition_requests import (
    AWSLOGS,
    ECR_IMAGE,
    MEMBER_OF,
    ROLE,
    ROUTER,
    Case,
    awsvpc,
    container,
    ec2,
    efs,
    fargate,
    linux,
    logs,
)

LAUNCH_TYPES = [
    *(
        Case(
            f"Fargate in mode {changes or 'none given'}",
            ec2(requiresCompatibilities=["FARGATE"], cpu="256", memory="512", **changes),
            "Fargate only supports network mode ‘awsvpc’.",
            fargate(),
        )
        for changes in ({}, {"networkMode": "host"})
    ),
    Case(
        "Fargate without cpu",
        awsvpc(requiresCompatibilities=["FARGATE"], memory="512"),
        "Fargate requires that 'cpu' be defined at the task level.",
        fargate(),
    ),
    Case(
        "Fargate without memory",
        awsvpc(requiresCompatibilities=["FARGATE"], cpu="256"),
        "Fargate requires that 'memory' be defined at the task level.",
        fargate(),
    ),
    Case(
        "a pair that Fargate does not offer",
        fargate(cpu="256", memory="3072"),
        "No Fargate configuration exists for given values.",
        fargate(cpu="512", memory="3072"),
    ),
    Case(
        "a pair that Fargate does not offer, for EC2 too",
        fargate(cpu="1024", memory="1024", requiresCompatibilities=["EC2", "FARGATE"]),
        "No Fargate configuration exists for given values.",
        awsvpc(cpu="1024", memory="1024", requiresCompatibilities=["EC2"]),
    ),
    Case(
        "a cpu that Fargate does not offer",
        fargate(cpu="300"),
        "No Fargate configuration exists for given values.",
        fargate(cpu=".25 vCPU", memory="0.5 GB"),
    ),
    Case(
        "half a vCPU for Windows",
        fargate(
            cpu="512",
            memory="2048",
            runtimePlatform={"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"},
        ),
        "No Fargate configuration exists for given values.",
        fargate(
            cpu="1024",
            memory="2048",
            runtimePlatform={"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"},
        ),
    ),
    Case(
        "an old Windows on Fargate",
        fargate(
            cpu="1024",
            memory="2048",
            runtimePlatform={"operatingSystemFamily": "WINDOWS_SERVER_2016_FULL"},
        ),
        "Tasks using the Fargate launch type do not support operatingSystemFamily"
        " 'WINDOWS_SERVER_2016_FULL'.",
        fargate(
            cpu="1024",
            memory="2048",
            runtimePlatform={"operatingSystemFamily": "WINDOWS_SERVER_2019_FULL"},
        ),
    ),
    Case(
        "awslogs on Fargate without execution role",
        fargate(container(logConfiguration={"logDriver": "awslogs", "options": AWSLOGS})),
        "Fargate requires task definition to have execution role ARN to support log driver"
        " awslogs.",
        fargate(
            container(logConfiguration={"logDriver": "awslogs", "options": AWSLOGS}),
            executionRoleArn=ROLE,
        ),
    ),
    Case(
        "an ECR image on Fargate without execution role",
        fargate(container(image=ECR_IMAGE)),
        "Fargate requires task definition to have execution role ARN to support ECR images.",
        fargate(container(image=ECR_IMAGE), executionRoleArn=ROLE),
    ),
    Case(
        "awslogs on Fargate without stream prefix",
        fargate(
            container(logConfiguration=logs("awslogs", awslogs_region="r", awslogs_group="g")),
            executionRoleArn=ROLE,
        ),
        "Fargate requires log configuration options to include awslogs-stream-prefix to support"
        " log driver awslogs.",
        fargate(
            container(logConfiguration={"logDriver": "awslogs", "options": AWSLOGS}),
            executionRoleArn=ROLE,
        ),
    ),
    Case(
        "json-file on Fargate",
        fargate(container(logConfiguration=logs("json-file"))),
        "json-file is not a valid log driver. Must be one of [awslogs,splunk,awsfirelens]",
        fargate(container(logConfiguration=logs("splunk"))),
    ),
    Case(
        "a router configured from S3 on Fargate",
        fargate(
            container(logConfiguration=logs("awsfirelens")),
            ROUTER
            | {
                "firelensConfiguration": {
                    "type": "fluentbit",
                    "options": {"config-file-type": "s3"},
                }
            },
        ),
        "Fargate launch type does not support FirelensConfiguration config file from 's3'",
        fargate(container(logConfiguration=logs("awsfirelens")), ROUTER),
    ),
    *(
        Case(
            f"{setting} on Fargate",
            fargate(*containers, **changes),
            f"Fargate compatible task definitions do not support {setting}",
            fargate(*containers, **(changes | {"requiresCompatibilities": ["EC2"]})),
        )
        for setting, containers, changes in (
            ("ipcMode", (), {"ipcMode": "task"}),
            ("constraints", (), {"placementConstraints": [MEMBER_OF]}),
            ("dnsSearchDomains", (container(dnsSearchDomains=["shop.local"]),), {}),
            (
                "dockerSecurityOptions",
                (container(dockerSecurityOptions=["no-new-privileges"]),),
                {},
            ),
            ("devices", (linux(devices=[{"hostPath": "/dev/fuse"}]),), {}),
            ("sharedMemorySize", (linux(sharedMemorySize=64),), {}),
            ("tmpfs", (linux(tmpfs=[{"containerPath": "/t", "size": 64}]),), {}),
            ("maxSwap", (linux(maxSwap=0),), {}),
            ("swappiness", (linux(swappiness=60),), {}),
            (
                "dockerVolumeConfiguration",
                (),
                {"volumes": [{"name": "d", "dockerVolumeConfiguration": {"scope": "task"}}]},
            ),
            ("sourcePath", (), {"volumes": [{"name": "d", "host": {"sourcePath": "/d"}}]}),
        )
    ),
    Case(
        "privileged on Fargate",
        fargate(container(privileged=True)),
        "Fargate requires that the ‘privileged’ setting be ‘false’ at the container level.",
        fargate(container(privileged=False)),
    ),
    Case(
        "a capability on Fargate",
        fargate(linux(capabilities={"add": ["NET_ADMIN"]})),
        "NET_ADMIN is not allowed on Fargate.",
        fargate(linux(capabilities={"add": ["SYS_PTRACE"], "drop": ["NET_RAW"]})),
    ),
    Case(
        "the host's processes on Fargate",
        fargate(pidMode="host"),
        "Tasks using the Fargate launch type do not support pidMode 'host'. The supported value"
        " for pidMode is 'task'.",
        fargate(pidMode="task"),
    ),
    Case(
        "a GPU on Fargate",
        fargate(container(resourceRequirements=[{"type": "GPU", "value": "1"}])),
        "Tasks using the Fargate launch type do not support GPU resource requirements.",
        ec2(container(resourceRequirements=[{"type": "GPU", "value": "1"}])),
    ),
    *(
        Case(
            f"{which}Timeout of 121 s on Fargate",
            fargate(container(**{f"{which}Timeout": 121})),
            f"Tasks using the Fargate launch type must have a container {which} timeout of less"
            " than 120 seconds.",
            fargate(container(**{f"{which}Timeout": 120})),
        )
        for which in ("stop", "start")
    ),
    Case(
        "stopTimeout of 1 s on Fargate",
        fargate(container(stopTimeout=1)),
        "Tasks using the Fargate launch type must have a container stop timeout of at least"
        " 2 seconds.",
        fargate(container(stopTimeout=2)),
    ),
    *(
        Case(
            f"ephemeral storage on {launch_type}",
            ec2(
                networkMode=mode,
                ephemeralStorage={"sizeInGiB": 21},
                requiresCompatibilities=[launch_type],
            ),
            f"Tasks using the {launch_type} launch type do not support EphemeralStorage.",
            ec2(networkMode=mode, requiresCompatibilities=[launch_type]),
        )
        for launch_type, mode in (
            ("EC2", "bridge"),
            ("EXTERNAL", "bridge"),
            ("MANAGED_INSTANCES", "awsvpc"),
        )
    ),
    Case(
        "ephemeral storage where nothing but EC2 and EXTERNAL is left",
        ec2(ephemeralStorage={"sizeInGiB": 21}),
        "Tasks using the EC2 launch type do not support EphemeralStorage.",
        fargate(ephemeralStorage={"sizeInGiB": 21}, requiresCompatibilities=[]),
    ),
    Case(
        "awsvpc on EXTERNAL",
        awsvpc(requiresCompatibilities=["EXTERNAL"]),
        "Tasks using the EXTERNAL launch type do not support network mode 'awsvpc'.",
        ec2(requiresCompatibilities=["EXTERNAL"]),
    ),
    Case(
        "bridge on managed instances",
        ec2(requiresCompatibilities=["MANAGED_INSTANCES"]),
        "Tasks using the MANAGED_INSTANCES launch type do not support network mode 'bridge'.",
        ec2(networkMode="host", requiresCompatibilities=["MANAGED_INSTANCES"]),
    ),
    Case(
        "EFS on EXTERNAL",
        ec2(volumes=efs(), requiresCompatibilities=["EXTERNAL"]),
        "Tasks using the EXTERNAL launch type do not support efsVolumeConfiguration.",
        ec2(volumes=efs(), requiresCompatibilities=["EC2"]),
    ),
    Case(
        "syslog on managed instances",
        awsvpc(
            container(logConfiguration=logs("syslog")),
            requiresCompatibilities=["MANAGED_INSTANCES"],
        ),
        "syslog is not a valid log driver. Must be one of [awslogs,splunk,awsfirelens,json-file]",
        awsvpc(
            container(logConfiguration=logs("json-file")),
            requiresCompatibilities=["MANAGED_INSTANCES"],
        ),
    ),
    Case(
        "trusted execution on EC2",
        awsvpc(
            trustedExecutionConfiguration={"isolationMode": "SHARED"},
            requiresCompatibilities=["EC2"],
        ),
        "Trusted execution is only supported for MANAGED_INSTANCES.",
        awsvpc(
            trustedExecutionConfiguration={"isolationMode": "SHARED"},
            requiresCompatibilities=["MANAGED_INSTANCES"],
        ),
    ),
]
