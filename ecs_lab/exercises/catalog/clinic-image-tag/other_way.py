"""The tag that the task definition names, put on the image that is there."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs = lab.client("ecs")
lab.begin("clinic-image-tag")

ecr = lab.client("ecr")
(image,) = ecr.batch_get_image(
    repositoryName=f"{variant.cluster}/web", imageIds=[{"imageTag": variant.tag}]
)["images"]
ecr.put_image(
    repositoryName=f"{variant.cluster}/web",
    imageManifest=image["imageManifest"],
    imageManifestMediaType=image["imageManifestMediaType"],
    imageTag=variant.typed,
)
ecs.update_service(cluster=variant.cluster, service="web", forceNewDeployment=True)
