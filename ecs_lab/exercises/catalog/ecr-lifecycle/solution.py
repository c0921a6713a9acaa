"""What must be kept stands first."""

import json

from ecs_lab import Lab
from ecs_lab.exercises.variants import variant

lab = Lab()
ecr = lab.client("ecr")
lab.begin("ecr-lifecycle")

keep = {"countType": "imageCountMoreThan", "countNumber": variant.rule.keep}
days = variant.rule.days
old = {"countType": "sinceImagePushed", "countUnit": "days"}
selections = {
    1: {"tagStatus": "tagged", "tagPatternList": ["release-*"]} | keep,
    2: {"tagStatus": "tagged", "tagPatternList": ["dev-*"]} | old | {"countNumber": days},
    3: {"tagStatus": "untagged"} | old | {"countNumber": 1},
}
rules = [
    {"rulePriority": priority, "selection": selection, "action": {"type": "expire"}}
    for priority, selection in selections.items()
]
ecr.put_lifecycle_policy(
    repositoryName=f"{variant.rule.name}/web", lifecyclePolicyText=json.dumps({"rules": rules})
)
