"""A rule of the registry, tags but latest immutable, and the image by its digest."""

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecs, ecr = lab.client("ecs"), lab.client("ecr")
lab.begin("ecr-scan-and-lock")

repository = f"{variant.release.name}/web"
filters = [{"filter": f"{variant.release.name}/*", "filterType": "WILDCARD"}]
ecr.put_registry_scanning_configuration(
    scanType="BASIC", rules=[{"scanFrequency": "SCAN_ON_PUSH", "repositoryFilters": filters}]
)
ecr.put_image_tag_mutability(
    repositoryName=repository,
    imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
    imageTagMutabilityExclusionFilters=[{"filterType": "WILDCARD", "filter": "latest*"}],
)

safe = []
for tag in (variant.release.clean, variant.release.unsafe):
    image = {"repositoryName": repository, "imageId": {"imageTag": tag}}
    ecr.start_image_scan(**image)
    ecr.get_waiter("image_scan_complete").wait(**image)
    found = ecr.describe_image_scan_findings(**image)["imageScanFindings"]
    if not {"CRITICAL", "HIGH"} & set(found["findingSeverityCounts"]):
        shown = ecr.describe_images(repositoryName=repository, imageIds=[image["imageId"]])
        safe.append(shown["imageDetails"][0]["imageDigest"])

definition = ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]
container = definition["containerDefinitions"][0]
container["image"] = container["image"].rpartition(":")[0] + f"@{safe[0]}"
ecs.register_task_definition(
    family="web",
    networkMode="awsvpc",
    requiresCompatibilities=["FARGATE"],
    cpu="256",
    memory="512",
    executionRoleArn=definition["executionRoleArn"],
    containerDefinitions=[container],
)
ecs.update_service(cluster=variant.release.name, service="web", taskDefinition="web")
