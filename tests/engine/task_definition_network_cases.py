"""Rules for ports, volumes and logs."""

from __future__ import annotations

from task_definition_requests import (
    ENABLED,
    ROLE,
    ROUTER,
    Case,
    awsvpc,
    container,
    ec2,
    efs,
    logs,
    ports,
    s3_files,
)

NETWORK = [
    *(
        Case(
            f"links in mode {mode}",
            ec2(container(links=["db"]), container(name="db"), networkMode=mode),
            f"Links are not supported when networkMode={mode}.",
            ec2(container(links=["db"]), container(name="db"), networkMode="bridge"),
        )
        for mode in ("awsvpc", "host", "none")
    ),
    *(
        Case(
            f"{setting} with awsvpc",
            awsvpc(container(**{setting: value})),
            f"{words} not supported on container when networkMode=awsvpc.",
            ec2(container(**{setting: value})),
        )
        for setting, value, words in (
            ("hostname", "web", "hostname is"),
            ("dnsServers", ["10.0.0.2"], "DNS servers are"),
            ("extraHosts", [{"hostname": "a", "ipAddress": "10.0.0.9"}], "Extra hosts are"),
            ("disableNetworking", True, "Disable Networking is"),
        )
    ),
    Case(
        "ports without a network",
        ec2(ports({"containerPort": 80}), networkMode="none"),
        "Port mappings are not supported when networkMode=none.",
        ec2(ports(), networkMode="none"),
    ),
    Case(
        "no container port",
        ec2(ports({"hostPort": 80})),
        "Invalid 'containerPort' setting for container 'web'.",
        ec2(ports({"hostPort": 80, "containerPort": 80})),
    ),
    Case(
        "container port 65536",
        ec2(ports({"containerPort": 65536})),
        "Invalid 'containerPort' setting for container 'web'.",
        ec2(ports({"containerPort": 65535})),
    ),
    Case(
        "host port 65536",
        ec2(ports({"containerPort": 80, "hostPort": 65536})),
        "Invalid 'hostPort' setting for container 'web'.",
        ec2(ports({"containerPort": 80, "hostPort": 65535})),
    ),
    *(
        Case(
            f"another host port in mode {mode}",
            ec2(ports({"containerPort": 80, "hostPort": wrong}), networkMode=mode),
            f"When networkMode={mode}, the host ports and container ports in port mappings must"
            " match.",
            ec2(ports({"containerPort": 80, "hostPort": 80}), networkMode=mode),
        )
        for mode, wrong in (("awsvpc", 8080), ("host", 8080), ("awsvpc", 0))
    ),
    Case(
        "a host port for two containers",
        ec2(
            ports({"containerPort": 80, "hostPort": 8080}),
            ports({"containerPort": 81, "hostPort": 8080}, name="db"),
        ),
        "TCP host port '8080' is mapped multiple times in task.",
        ec2(
            ports({"containerPort": 80, "hostPort": 8080}),
            ports({"containerPort": 81, "hostPort": 8080, "protocol": "udp"}, name="db"),
        ),
    ),
    Case(
        "a port of the task for two containers",
        awsvpc(ports({"containerPort": 80}), ports({"containerPort": 80}, name="db")),
        "TCP host port '80' is mapped multiple times in task.",
        ec2(ports({"containerPort": 80}), ports({"containerPort": 80}, name="db")),
    ),
    Case(
        "ranges that overlap",
        awsvpc(
            ports({"containerPortRange": "8080-8085"}),
            ports({"containerPortRange": "8085-8090"}, name="db"),
        ),
        "TCP container port '8085' is used multiple times in task when networkMode=awsvpc.",
        awsvpc(
            ports({"containerPortRange": "8080-8084"}),
            ports({"containerPortRange": "8085-8090"}, name="db"),
        ),
    ),
    Case(
        "a range that runs backwards",
        awsvpc(ports({"containerPortRange": "8085-8080"})),
        "Invalid 'containerPortRange' setting for container 'web'.",
        awsvpc(ports({"containerPortRange": "8080-8085"})),
    ),
    Case(
        "a range and a port",
        awsvpc(ports({"containerPortRange": "8080-8085", "containerPort": 8080})),
        "Invalid port mapping for container 'web', cannot specify both single port and port range.",
        awsvpc(ports({"containerPortRange": "8080-8085"}, {"containerPort": 80})),
    ),
    Case(
        "a range in host mode",
        ec2(ports({"containerPortRange": "8080-8085"}), networkMode="host"),
        "Container port ranges are not supported when networkMode=host.",
        ec2(ports({"containerPortRange": "8080-8085"}), networkMode="bridge"),
    ),
    Case(
        "a port name in capitals",
        ec2(ports({"containerPort": 80, "name": "Web"})),
        "Invalid port mapping 'name' setting for container 'web'.",
        ec2(ports({"containerPort": 80, "name": "web-80"})),
    ),
    Case(
        "a port name twice",
        awsvpc(ports({"containerPort": 80, "name": "a"}, {"containerPort": 81, "name": "a"})),
        "When networkMode=awsvpc, port mapping name is already used",
        awsvpc(ports({"containerPort": 80, "name": "a"}, {"containerPort": 81, "name": "b"})),
    ),
    Case(
        "an unknown application protocol",
        ec2(ports({"containerPort": 80, "appProtocol": "ftp"})),
        "appProtocol should be one of [http,http2,grpc]",
        ec2(ports({"containerPort": 80, "appProtocol": "grpc"})),
    ),
    Case(
        "a volume with a dot in its name",
        ec2(volumes=[{"name": "my.data"}]),
        "volume.name contains invalid characters.",
        ec2(volumes=[{"name": "my-data"}]),
    ),
    Case(
        "an EFS volume without name",
        ec2(volumes=[{"efsVolumeConfiguration": {"fileSystemId": "fs-1"}}]),
        "A volume with efsVolumeConfiguration must have a name.",
        ec2(volumes=efs()),
    ),
    Case(
        "two volumes of one name",
        ec2(volumes=[{"name": "data"}, {"name": "data"}]),
        "Volume names must be unique within a task definition.",
        ec2(volumes=[{"name": "data"}, {"name": "data2"}]),
    ),
    Case(
        "a volume of two kinds",
        ec2(volumes=[efs()[0] | {"host": {"sourcePath": "/data"}}]),
        "Volume 'data' can have only one of [host,dockerVolumeConfiguration,"
        "efsVolumeConfiguration,s3filesVolumeConfiguration,"
        "fsxWindowsFileServerVolumeConfiguration,configuredAtLaunch].",
        ec2(volumes=efs()),
    ),
    Case(
        "an empty source path",
        ec2(volumes=[{"name": "data", "host": {"sourcePath": ""}}]),
        "host.sourcePath should not be blank.",
        ec2(volumes=[{"name": "data", "host": {}}]),
    ),
    Case(
        "a mount of no volume",
        ec2(container(mountPoints=[{"sourceVolume": "data", "containerPath": "/d"}])),
        "Unknown volume 'data'.",
        ec2(
            container(mountPoints=[{"sourceVolume": "data", "containerPath": "/d"}]),
            volumes=[{"name": "data"}],
        ),
    ),
    Case(
        "two volumes configured at launch",
        ec2(volumes=[{"name": n, "configuredAtLaunch": True} for n in ("a", "b")]),
        "Only one volume configured at launch is supported in a task definition.",
        ec2(volumes=[{"name": "a", "configuredAtLaunch": True}, {"name": "b"}]),
    ),
    Case(
        "EFS with IAM in the clear",
        ec2(volumes=efs(authorizationConfig={"iam": "ENABLED"})),
        "EFS IAM authorization requires TransitEncryption to be enabled.",
        ec2(volumes=efs(authorizationConfig={"iam": "ENABLED"}, **ENABLED), taskRoleArn=ROLE),
    ),
    Case(
        "EFS with IAM without task role",
        ec2(volumes=efs(authorizationConfig={"iam": "ENABLED"}, **ENABLED)),
        "EFS IAM authorization requires a task role.",
        ec2(volumes=efs(authorizationConfig={"iam": "ENABLED"}, **ENABLED), taskRoleArn=ROLE),
    ),
    Case(
        "an EFS access point in the clear",
        ec2(volumes=efs(authorizationConfig={"accessPointId": "fsap-1"})),
        "EFS access points require TransitEncryption to be enabled.",
        ec2(volumes=efs(authorizationConfig={"accessPointId": "fsap-1"}, **ENABLED)),
    ),
    Case(
        "an encryption port without encryption",
        ec2(volumes=efs(transitEncryptionPort=2999)),
        "TransitEncryptionPort requires that TransitEncryption is enabled.",
        ec2(volumes=efs(transitEncryptionPort=2999, **ENABLED)),
    ),
    Case(
        "an EFS access point and another root",
        ec2(
            volumes=efs(
                authorizationConfig={"accessPointId": "fsap-1"}, rootDirectory="/shop", **ENABLED
            )
        ),
        'When using an EFS access point, the root directory must either be set to "/" or be'
        " omitted.",
        ec2(
            volumes=efs(
                authorizationConfig={"accessPointId": "fsap-1"}, rootDirectory="/", **ENABLED
            )
        ),
    ),
    Case(
        "S3 Files without task role",
        ec2(volumes=s3_files()),
        "S3 Files IAM authorization requires a task role.",
        ec2(volumes=s3_files(), taskRoleArn=ROLE),
    ),
    Case(
        "an S3 Files access point and another root",
        ec2(volumes=s3_files(accessPointArn="arn:x", rootDirectory="/shop"), taskRoleArn=ROLE),
        "When using an S3 Files access point, the root directory must either be set to"
        ' "/" or be omitted.',
        ec2(volumes=s3_files(accessPointArn="arn:x", rootDirectory="/"), taskRoleArn=ROLE),
    ),
    Case(
        "awslogs without options",
        ec2(container(logConfiguration={"logDriver": "awslogs"})),
        "Log driver awslogs requires options: awslogs-region, awslogs-group",
        ec2(container(logConfiguration=logs("awslogs", awslogs_region="r", awslogs_group="g"))),
    ),
    Case(
        "awslogs without group",
        ec2(container(logConfiguration=logs("awslogs", awslogs_region="r"))),
        "Log driver awslogs requires options: awslogs-group",
        ec2(container(logConfiguration=logs("awslogs", awslogs_region="r", awslogs_group="g"))),
    ),
    Case(
        "awsfirelens without router",
        ec2(container(logConfiguration=logs("awsfirelens"))),
        "When awsfirelens log driver is specified in log configuration, a firelens configuration"
        " object must be configured in one of the containers.",
        ec2(container(logConfiguration=logs("awsfirelens")), ROUTER),
    ),
    Case(
        "a router without awsfirelens",
        ec2(container(logConfiguration=logs("json-file")), ROUTER),
        "When a firelensConfiguration object is specified, at least one container has to be"
        " configured with the awsfirelens log driver.",
        ec2(container(logConfiguration=logs("awsfirelens")), ROUTER),
    ),
]
