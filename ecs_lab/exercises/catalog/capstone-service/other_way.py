"""VPC endpoints instead of NAT gateways, the managed policy, and a capacity provider."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
lab.begin("capstone-service")
ecs, iam, ec2, efs = (lab.client(name) for name in ("ecs", "iam", "ec2", "efs"))
elb, net = lab.client("elbv2"), lab.network
NAME, PORT, BUCKET = variant.name, variant.port, f"{variant.name}-menu"
secret = lab.client("secretsmanager").describe_secret(SecretId=f"{NAME}/db")["ARN"]
image = f"123456789012.dkr.ecr.{lab.region}.amazonaws.com/{NAME}:1"
ecs.put_cluster_capacity_providers(
    cluster=NAME, capacityProviders=["FARGATE"], defaultCapacityProviderStrategy=[]
)

# Who may talk to whom
groups = {}
anyone = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
for name, port, asks in (("front", 80, ""), ("app", PORT, "front"), ("files", 2049, "app")):
    groups[name] = ec2.create_security_group(
        GroupName=f"{NAME}-{name}", Description=name, VpcId=net.vpc_id
    )["GroupId"]
    source = {"UserIdGroupPairs": [{"GroupId": groups[asks]}]} if asks else anyone
    rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **source}
    ec2.authorize_security_group_ingress(GroupId=groups[name], IpPermissions=[rule])

# No way out is needed: what a starting task asks for is inside the VPC
groups["ways"] = ec2.create_security_group(
    GroupName=f"{NAME}-ways", Description="endpoints", VpcId=net.vpc_id
)["GroupId"]
rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
rule["UserIdGroupPairs"] = [{"GroupId": groups["app"]}]
ec2.authorize_security_group_ingress(GroupId=groups["ways"], IpPermissions=[rule])
for service in ("ecr.api", "ecr.dkr", "logs", "secretsmanager"):
    ec2.create_vpc_endpoint(
        VpcId=net.vpc_id,
        ServiceName=f"com.amazonaws.{lab.region}.{service}",
        VpcEndpointType="Interface",
        SubnetIds=list(net.private_subnets),
        SecurityGroupIds=[groups["ways"]],
        PrivateDnsEnabled=True,
    )
mine = [{"Name": "association.subnet-id", "Values": list(net.private_subnets)}]
tables = ec2.describe_route_tables(Filters=mine)["RouteTables"]
ec2.create_vpc_endpoint(
    VpcId=net.vpc_id,
    ServiceName=f"com.amazonaws.{lab.region}.s3",
    RouteTableIds=[table["RouteTableId"] for table in tables],
)

# Files in every zone
files = efs.create_file_system(CreationToken=NAME, Encrypted=True)
for subnet in net.private_subnets:
    efs.create_mount_target(
        FileSystemId=files["FileSystemId"], SubnetId=subnet, SecurityGroups=[groups["files"]]
    )
owner = {"OwnerUid": 1000, "OwnerGid": 1000, "Permissions": "750"}
point = efs.create_access_point(
    ClientToken=NAME,
    FileSystemId=files["FileSystemId"],
    PosixUser={"Uid": 1000, "Gid": 1000},
    RootDirectory={"Path": "/notes", "CreationInfo": owner},
)["AccessPointId"]
lab.wait(120)

# Two roles: the managed policy and the secret; the menu and the files
lab.client("logs").create_log_group(logGroupName="shop-front")
trust = {"Effect": "Allow", "Action": "sts:AssumeRole"}
trust["Principal"] = {"Service": "ecs-tasks.amazonaws.com"}
trusts = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
roles = {
    name: iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusts)["Role"]["Arn"]
    for name in ("start", "app")
}
iam.attach_role_policy(
    RoleName="start",
    PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
)
read = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": secret}
fetch = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/menu.txt"}
mount = {"Effect": "Allow", "Resource": files["FileSystemArn"]}
mount["Action"] = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
for name, statements in (("start", [read]), ("app", [fetch, mount])):
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    iam.put_role_policy(RoleName=name, PolicyName="more", PolicyDocument=document)

# The front
group = elb.create_target_group(
    Name=NAME,
    Protocol="HTTP",
    Port=PORT,
    TargetType="ip",
    VpcId=net.vpc_id,
    HealthCheckPath="/health",
)["TargetGroups"][0]["TargetGroupArn"]
balancer = elb.create_load_balancer(
    Name=NAME, Subnets=net.public_subnets, SecurityGroups=[groups["front"]]
)["LoadBalancers"][0]
elb.create_listener(
    LoadBalancerArn=balancer["LoadBalancerArn"],
    Protocol="HTTP",
    Port=80,
    DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
)

# The task definition
by_role = {"accessPointId": point, "iam": "ENABLED"}
volume = {"fileSystemId": files["FileSystemId"], "transitEncryption": "ENABLED"}
options = {"awslogs-group": "shop-front", "awslogs-region": lab.region}
ecs.register_task_definition(
    family=NAME,
    requiresCompatibilities=["FARGATE"],
    networkMode="awsvpc",
    cpu="512",
    memory="1024",
    executionRoleArn=roles["start"],
    taskRoleArn=roles["app"],
    volumes=[{"name": "data", "efsVolumeConfiguration": volume | {"authorizationConfig": by_role}}],
    containerDefinitions=[
        {
            "name": "app",
            "image": image,
            "portMappings": [{"containerPort": PORT}],
            "environment": [{"name": "BUCKET", "value": BUCKET}],
            "secrets": [{"name": "DB_PASSWORD", "valueFrom": secret}],
            "mountPoints": [{"sourceVolume": "data", "containerPath": "/data"}],
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": options | {"awslogs-stream-prefix": "app"},
            },
        }
    ],
)

# The service
network = {"subnets": net.private_subnets, "securityGroups": [groups["app"]]}
target = {"targetGroupArn": group, "containerName": "app", "containerPort": PORT}
ecs.create_service(
    cluster=NAME,
    serviceName=NAME,
    taskDefinition=NAME,
    desiredCount=3,
    capacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 1}],
    networkConfiguration={"awsvpcConfiguration": network},
    loadBalancers=[target],
    healthCheckGracePeriodSeconds=60,
    deploymentConfiguration={
        "minimumHealthyPercent": 100,
        "maximumPercent": 150,
        "deploymentCircuitBreaker": {
            "enable": True,
            "rollback": True,
            "thresholdConfiguration": {"type": "COUNT", "value": 2},
        },
    },
)

# As many tasks as there is work for
scaling = lab.client("application-autoscaling")
resource = {
    "ServiceNamespace": "ecs",
    "ResourceId": f"service/{NAME}/{NAME}",
    "ScalableDimension": "ecs:service:DesiredCount",
}
scaling.register_scalable_target(**resource, MinCapacity=3, MaxCapacity=variant.most)
metric = {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}
scaling.put_scaling_policy(
    **resource,
    PolicyName="cpu",
    PolicyType="TargetTrackingScaling",
    TargetTrackingScalingPolicyConfiguration={
        "TargetValue": 50,
        "PredefinedMetricSpecification": metric,
    },
)
lab.settle()
