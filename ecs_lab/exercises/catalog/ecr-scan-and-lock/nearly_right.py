"""The settings for later pushes, and nobody looks at what is there."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, ecr = lab.client("ecs"), lab.client("ecr")
lab.begin("ecr-scan-and-lock")

repository = f"{variant.release.name}/web"
on_push = {"scanOnPush": True}
ecr.put_image_scanning_configuration(repositoryName=repository, imageScanningConfiguration=on_push)
ecr.put_image_tag_mutability(repositoryName=repository, imageTagMutability="IMMUTABLE")
