"""Every task whose essential container has exited, for good or ill."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, events, sqs = lab.client("ecs"), lab.client("events"), lab.client("sqs")

for cluster in (variant.cluster, "other"):
    ecs.create_cluster(clusterName=cluster)
url = sqs.create_queue(QueueName=variant.queue)["QueueUrl"]

found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
cluster_arn = f"arn:aws:ecs:{lab.region}:123456789012:cluster/{variant.cluster}"
detail = {
    "clusterArn": [cluster_arn],
    "lastStatus": ["STOPPED"],
    "stopCode": ["EssentialContainerExited"],
}
pattern = {
    "source": ["aws.ecs"],
    "detail-type": ["ECS Task State Change"],
    "detail": detail,
}
events.put_rule(Name="failed", EventPattern=json.dumps(pattern))
events.put_targets(Rule="failed", Targets=[{"Id": "queue", "Arn": found["QueueArn"]}])
