"""Where the learner begins: the repository, and nobody who may push to it."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, ecr, iam = (lab.client(name) for name in ("ecs", "ecr", "iam"))

ecr.create_repository(repositoryName=f"{variant.name}/web")
