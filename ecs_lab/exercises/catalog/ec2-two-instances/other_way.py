"""Three instances of another type, the profile by its ARN, the file by a here-document, no wait."""

import boto3

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = boto3.client("ecs")
ec2 = boto3.client("ec2")
iam = boto3.client("iam")

ecs.create_cluster(clusterName=variant.cluster)
profile = iam.get_instance_profile(InstanceProfileName="ecsInstanceRole")["InstanceProfile"]
script = f"""#!/bin/bash
cat <<'END' >> /etc/ecs/ecs.config
ECS_CLUSTER={variant.cluster}
ECS_RESERVED_MEMORY=64
END
"""
for subnet in lab.network.public_subnets:
    ec2.run_instances(
        ImageId=lab.ecs_ami,
        InstanceType="m5.large",
        MinCount=1,
        MaxCount=1,
        SubnetId=subnet,
        IamInstanceProfile={"Arn": profile["Arn"]},
        UserData=script,
    )
