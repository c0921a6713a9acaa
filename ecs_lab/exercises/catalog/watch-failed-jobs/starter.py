"""Where the learner begins: two clusters, and a queue that nobody writes to."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, sqs = lab.client("ecs"), lab.client("sqs")

for cluster in (variant.cluster, "other"):
    ecs.create_cluster(clusterName=cluster)
url = sqs.create_queue(QueueName=variant.queue)["QueueUrl"]
