"""A numeric filter, the cluster by its prefix, and a text instead of the event."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, events, sqs = lab.client("ecs"), lab.client("events"), lab.client("sqs")

for cluster in (variant.cluster, "other"):
    ecs.create_cluster(clusterName=cluster)
url = sqs.create_queue(QueueName=variant.queue)["QueueUrl"]

found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
detail = {
    "clusterArn": [{"suffix": f":cluster/{variant.cluster}"}],
    "lastStatus": ["STOPPED"],
    "stopCode": [{"prefix": "Essential"}],
    "containers": {"exitCode": [{"numeric": [">", 0]}]},
}
events.put_rule(
    Name="failed",
    EventPattern=json.dumps({"detail-type": ["ECS Task State Change"], "detail": detail}),
)
text = {"InputPathsMap": {"task": "$.detail.taskArn"}, "InputTemplate": '"<task> failed"'}
target = {"Id": "1", "Arn": found["QueueArn"], "InputTransformer": text}
events.put_targets(Rule="failed", Targets=[target])
