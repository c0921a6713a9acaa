"""Tags of images become digests once for a service revision: all its tasks run the same image."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_lab import Lab

IMAGE = "shop/web:live"


class Shop:
    """A Fargate service of two tasks whose image's tag moves."""

    def __init__(self, lab: Lab) -> None:
        self.lab, self.ecs = lab, lab.client("ecs")
        self.ecs.create_cluster(clusterName="shop")
        self.old = self.push("nginx:1.27")
        network = {"subnets": list(lab.network.private_subnets)}
        self.network = {"awsvpcConfiguration": network}

    def push(self, like: str) -> str:
        """Push a copy of a public image under the tag; gives its digest."""
        self.lab.registry.push(IMAGE, like=like)
        found = self.lab.client("ecr").describe_images(
            repositoryName="shop/web", imageIds=[{"imageTag": "live"}]
        )
        return str(found["imageDetails"][0]["imageDigest"])

    def register(self, **container: Any) -> None:
        """Register a revision of the task definition."""
        uri = f"123456789012.dkr.ecr.us-east-1.amazonaws.com/{IMAGE}"
        self.ecs.register_task_definition(
            family="web",
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            executionRoleArn=self.lab.roles["ecsTaskExecutionRole"],
            containerDefinitions=[{"name": "web", "image": uri, **container}],
        )

    def serve(self, **container: Any) -> None:
        """Register the task definition, and make the service."""
        self.register(**container)
        self.ecs.create_service(
            cluster="shop",
            serviceName="web",
            taskDefinition="web",
            desiredCount=2,
            launchType="FARGATE",
            networkConfiguration=self.network,
            deploymentConfiguration={
                "deploymentCircuitBreaker": {"enable": True, "rollback": True}
            },
        )
        self.lab.settle()

    def run_task(self) -> None:
        """Run a task beside the service."""
        self.ecs.run_task(
            cluster="shop",
            taskDefinition="web",
            launchType="FARGATE",
            networkConfiguration=self.network,
        )
        self.lab.settle()

    def lose_one(self) -> None:
        """Stop a task, which the service replaces."""
        task = self.ecs.list_tasks(cluster="shop")["taskArns"][0]
        self.ecs.stop_task(cluster="shop", task=task)
        self.lab.wait(120)

    def digests(self) -> list[str]:
        """The digests that the tasks have, sorted."""
        arns = self.ecs.list_tasks(cluster="shop")["taskArns"]
        tasks = self.ecs.describe_tasks(cluster="shop", tasks=arns)["tasks"]
        return sorted(str(each["containers"][0].get("imageDigest")) for each in tasks)

    def revision(self) -> dict[str, Any]:
        """The image of the service's current revision."""
        [service] = self.ecs.describe_services(cluster="shop", services=["web"])["services"]
        [current] = service["currentServiceRevisions"]
        [found] = self.ecs.describe_service_revisions(serviceRevisionArns=[current["arn"]])[
            "serviceRevisions"
        ]
        image: dict[str, Any] = found["containerImages"][0]
        return image


@pytest.fixture
def shop(lab: Lab) -> Shop:
    """The shop."""
    return Shop(lab)


def test_a_task_that_takes_anothers_place_gets_the_same_image(shop: Shop) -> None:
    """Whatever has the tag by then; a forced deployment looks it up afresh."""
    shop.serve()
    assert shop.revision()["imageDigest"] == shop.old
    new = shop.push("nginx:1.29")
    shop.lose_one()
    assert shop.digests() == [shop.old] * 2
    shop.ecs.update_service(cluster="shop", service="web", desiredCount=3)
    shop.lab.settle()
    assert shop.digests() == [shop.old] * 3
    shop.ecs.update_service(cluster="shop", service="web", forceNewDeployment=True)
    shop.lab.settle()
    assert shop.digests() == [new] * 3
    assert shop.revision()["imageDigest"] == new


def test_without_version_consistency_each_task_looks_for_itself(shop: Shop) -> None:
    """So two images run side by side."""
    shop.serve(versionConsistency="disabled")
    new = shop.push("nginx:1.29")
    shop.lose_one()
    assert shop.digests() == sorted([shop.old, new])
    assert "imageDigest" not in shop.revision()


def test_an_image_that_is_gone_cannot_be_replaced_by_another(shop: Shop) -> None:
    """AWS forces version stability: the task looks for the digest, not for the tag."""
    shop.serve()
    shop.push("nginx:1.29")
    ecr = shop.lab.client("ecr")
    ecr.batch_delete_image(repositoryName="shop/web", imageIds=[{"imageDigest": shop.old}])
    shop.lose_one()
    [stopped] = [
        each
        for each in shop.ecs.describe_tasks(
            cluster="shop",
            tasks=shop.ecs.list_tasks(cluster="shop", desiredStatus="STOPPED")["taskArns"],
        )["tasks"]
        if each.get("stopCode") == "TaskFailedToStart"
    ][:1]
    assert f"shop/web@{shop.old}" in stopped["stoppedReason"]


def test_a_rollback_goes_back_to_the_digest(shop: Shop) -> None:
    """And not to what the tag means by then."""
    shop.serve()
    shop.push("nginx:1.29")
    shop.register(image="123456789012.dkr.ecr.us-east-1.amazonaws.com/shop/web:missing")
    shop.ecs.update_service(cluster="shop", service="web", taskDefinition="web")
    shop.lab.wait(3600)
    assert shop.revision()["imageDigest"] == shop.old
    shop.lose_one()
    assert shop.digests() == [shop.old] * 2


def test_a_task_without_a_service_gets_what_the_tag_means_now(shop: Shop) -> None:
    """RunTask has no revision that could settle anything."""
    shop.register()
    shop.run_task()
    new = shop.push("nginx:1.29")
    shop.run_task()
    assert shop.digests() == sorted([shop.old, new])
