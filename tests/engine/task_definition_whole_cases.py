"""Rules for the task definition as a whole."""

from __future__ import annotations

from task_definition_requests import MEMBER_OF, Case, awsvpc, container, ec2, fargate, padded

WHOLE = [
    Case("family left blank", ec2(family=""), "Family can not be blank.", ec2(family="s")),
    Case(
        "family with a space",
        ec2(family="my shop"),
        "Family contains invalid characters.",
        ec2(family="my_Shop-2"),
    ),
    Case(
        "family of 256 letters",
        ec2(family="x" * 256),
        "Family should be 255 characters or less",
        ec2(family="x" * 255),
    ),
    Case(
        "more than 64 KB",
        padded(65_537),
        "Actual length: '65537'. Max allowed length is '65536' bytes.",
        padded(65_536),
    ),
    Case(
        "unknown launch type",
        ec2(requiresCompatibilities=["LAMBDA"]),
        "requiresCompatibilities should be one of [EC2,FARGATE,EXTERNAL,MANAGED_INSTANCES]",
        ec2(requiresCompatibilities=["EC2", "EXTERNAL"]),
    ),
    Case(
        "unknown network mode",
        ec2(networkMode="vpc"),
        "networkMode should be one of [bridge,host,awsvpc,none]",
        ec2(networkMode="none"),
    ),
    Case(
        "unknown pid mode",
        ec2(pidMode="none"),
        "pidMode should be one of [host,task]",
        ec2(pidMode="host"),
    ),
    Case(
        "unknown ipc mode",
        ec2(ipcMode="shared"),
        "ipcMode should be one of [host,task,none]",
        ec2(ipcMode="none"),
    ),
    Case(
        "unknown operating system",
        ec2(runtimePlatform={"operatingSystemFamily": "BSD"}),
        "runtimePlatform.operatingSystemFamily 'BSD' is not valid. Must be one of [LINUX,"
        "WINDOWS_SERVER_2016_FULL,WINDOWS_SERVER_2019_CORE,WINDOWS_SERVER_2019_FULL,"
        "WINDOWS_SERVER_2004_CORE,WINDOWS_SERVER_20H2_CORE,WINDOWS_SERVER_2022_CORE,"
        "WINDOWS_SERVER_2022_FULL,WINDOWS_SERVER_2025_CORE,WINDOWS_SERVER_2025_FULL]",
        ec2(runtimePlatform={"operatingSystemFamily": "WINDOWS_SERVER_2016_FULL"}),
    ),
    Case(
        "unknown architecture",
        ec2(runtimePlatform={"cpuArchitecture": "ARM"}),
        "runtimePlatform.cpuArchitecture 'ARM' is not valid. Must be one of [X86_64,ARM64]",
        ec2(runtimePlatform={"cpuArchitecture": "ARM64"}),
    ),
    Case(
        "Windows in host mode",
        ec2(
            networkMode="host",
            runtimePlatform={"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"},
        ),
        "Windows containers only support the default network mode and networkMode=awsvpc.",
        awsvpc(runtimePlatform={"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}),
    ),
    Case("cpu in words", ec2(cpu="much"), "Invalid 'cpu' setting for task.", ec2(cpu="1 vCPU")),
    Case("cpu too small", ec2(cpu="127"), "Invalid 'cpu' setting for task.", ec2(cpu="128")),
    Case(
        "cpu too large", ec2(cpu="196609"), "Invalid 'cpu' setting for task.", ec2(cpu="192 vCPU")
    ),
    Case(
        "memory in terabytes",
        ec2(memory="3 TB"),
        "Invalid 'memory' setting for task.",
        ec2(memory="3 GB"),
    ),
    Case(
        "Elastic Inference",
        ec2(inferenceAccelerators=[{"deviceName": "d", "deviceType": "eia1.medium"}]),
        "Unsupported field 'inferenceAccelerators'.",
        ec2(inferenceAccelerators=[]),
    ),
    Case(
        "distinctInstance in a task definition",
        ec2(placementConstraints=[{"type": "distinctInstance"}]),
        "constraint.type 'distinctInstance' is not supported.",
        ec2(placementConstraints=[MEMBER_OF]),
    ),
    Case(
        "eleven constraints",
        ec2(placementConstraints=[MEMBER_OF] * 11),
        "A task definition can have at most 10 placement constraints; this one has 11.",
        ec2(placementConstraints=[MEMBER_OF] * 10),
    ),
    Case(
        "a constraint without expression",
        ec2(placementConstraints=[{"type": "memberOf"}]),
        "constraint.expression should have between 1 and 2000 characters.",
        ec2(placementConstraints=[MEMBER_OF]),
    ),
    Case(
        "a proxy in bridge mode",
        ec2(proxyConfiguration={"containerName": "web"}),
        "APPMESH proxy configuration is only supported in networkMode=awsvpc",
        awsvpc(proxyConfiguration={"containerName": "web"}),
    ),
    Case(
        "a proxy that is no container",
        awsvpc(proxyConfiguration={"containerName": "envoy"}),
        "Proxy container [envoy] does not exist.",
        awsvpc(container(name="envoy"), proxyConfiguration={"containerName": "envoy"}),
    ),
    Case(
        "20 GiB of ephemeral storage",
        fargate(ephemeralStorage={"sizeInGiB": 20}),
        "EphemeralStorage size should be at least 21",
        fargate(ephemeralStorage={"sizeInGiB": 21}),
    ),
    Case(
        "201 GiB of ephemeral storage",
        fargate(ephemeralStorage={"sizeInGiB": 201}),
        "EphemeralStorage size should be at most 200",
        fargate(ephemeralStorage={"sizeInGiB": 200}),
    ),
]
