"""Pulling images: from Amazon ECR with a role, from public registries with nothing but a route.

Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html,
https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from moto.ecr.models import ecr_backends

from ecs_lab.aws.containers import callers
from ecs_lab.aws.containers.callers import SOME_ADDRESS, Caller, RefusedError, UnreachableError
from ecs_lab.aws.containers.failures import cannot_start
from ecs_lab.aws.ecr import pull_through
from ecs_lab.engine.model import Container, Task
from ecs_lab.engine.surroundings import CannotStartError

if TYPE_CHECKING:
    from ecs_lab.aws.world import World

DOCKER_HUB = "registry-1.docker.io"
_ECR_HOST = re.compile(
    r"(?P<account>\d{12})\.dkr[.-]ecr\.(?P<region>[a-z0-9-]+)\.(amazonaws\.com|on\.aws)"
)


@dataclass(frozen=True, slots=True)
class ImageName:
    """An image as a container definition names it; `account_id` and `region` are those of an
    Amazon ECR registry.
    """

    image: str
    host: str
    name: str
    tag: str
    account_id: str = ""
    region: str = ""

    @classmethod
    @lru_cache(maxsize=1024)
    def read(cls, image: str) -> ImageName:
        """Take an image's name apart as Docker does.

        >>> ImageName.read("nginx").reference
        'docker.io/library/nginx:latest'
        >>> name = ImageName.read("123456789012.dkr.ecr.us-east-1.amazonaws.com/shop/web:1")
        >>> name.region, name.name, name.tag
        ('us-east-1', 'shop/web', '1')
        >>> ImageName.read("public.ecr.aws/nginx/nginx@sha256:12ab").tag
        'sha256:12ab'
        """
        path, _, digest = image.partition("@")
        first, slash, rest = path.partition("/")
        has_host = slash and ("." in first or ":" in first or first == "localhost")
        host, path = (first, rest) if has_host else ("docker.io", path)
        name, _, tag = path.partition(":")
        if host == "docker.io" and "/" not in name:
            name = f"library/{name}"
        found = _ECR_HOST.fullmatch(host)
        registry = (found["account"], found["region"]) if found else ("", "")
        return cls(image, host, name, digest or tag or "latest", *registry)

    @property
    def reference(self) -> str:
        """The name in full, such as docker.io/library/nginx:latest."""
        joint = "@" if self.tag.startswith("sha256:") else ":"
        return f"{self.repository}{joint}{self.tag}"

    @property
    def repository(self) -> str:
        """The name without its tag."""
        return f"{self.host}/{self.name}"

    @property
    def registry_host(self) -> str:
        """The host that is asked for it."""
        return DOCKER_HUB if self.host == "docker.io" else self.host

    @property
    def digest(self) -> str:
        """The digest of an image that the lab does not have: its name's, the same everywhere."""
        if self.tag.startswith("sha256:"):
            return self.tag
        return f"sha256:{hashlib.sha256(self.reference.encode()).hexdigest()}"


class Pulls:
    """Pulls the images of a lab's tasks, and knows which lie on its container instances."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._cached: dict[tuple[str, str], str] = {}

    def pull(self, task: Task, container: Container, digest: str | None = None) -> str:
        """Pull an image, the one with this digest if it is given, and give its digest; raises
        CannotStartError with AWS's text.

        On a container instance ECS_IMAGE_PULL_BEHAVIOR says what counts: the registry (`always`),
        the registry unless it fails (`default`), or what lies there (`once`, `prefer-cached`).
        Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html
        """
        image = str(container.definition["image"])
        if digest is not None:
            image = f"{ImageName.read(image).repository}@{digest}"
        if task.container_instance is None:
            return self._from_registry(task, container, image)
        instance_id = task.container_instance.ec2_instance_id
        config = self._world.agents.config(instance_id)
        behavior = config.image_pull_behavior if config is not None else "default"
        cached = self._cached.get((instance_id, image))
        if cached is not None and behavior in ("once", "prefer-cached"):
            return cached
        try:
            found = self._from_registry(task, container, image)
        except CannotStartError:
            if cached is None or behavior == "always":
                raise
            return cached
        by_digest = f"{ImageName.read(image).repository}@{found}"
        self._cached |= dict.fromkeys(((instance_id, image), (instance_id, by_digest)), found)
        return found

    def _from_registry(self, task: Task, container: Container, image: str) -> str:
        name = ImageName.read(image)
        if name.account_id:
            return _from_ecr(callers.puller(self._world, task), name, container)
        return self._from_the_internet(task, name, container)

    def _from_the_internet(self, task: Task, name: ImageName, container: Container) -> str:
        """Any public image is there, and needs no role."""
        try:
            callers.puller(self._world, task).reach_registry(name.registry_host)
        except UnreachableError:
            raise _failure("public_unreachable", task, container, name) from None
        return name.digest


def _from_ecr(caller: Caller, name: ImageName, container: Container) -> str:
    """The digest of an image in a private repository of Amazon ECR.

    ECR's API gives the token, its registry the manifest, and S3 the layers.
    """
    task = caller.task
    _authorize(caller, container)
    arn = f"arn:aws:ecr:{name.region}:{name.account_id}:repository/{name.name}"
    try:
        caller.reach("ecr.dkr")
    except UnreachableError:
        cause = f"dial tcp {SOME_ADDRESS}:443: i/o timeout"
        raise _failure("registry_unreachable", task, container, name, cause=cause) from None
    try:
        caller.ask("ecr:BatchGetImage", arn)
    except RefusedError as error:
        raise _failure("pull_denied", task, container, name, message=error.message) from None
    digest = _pushed(caller, name, container)
    try:
        caller.ask("ecr:GetDownloadUrlForLayer", arn)
        caller.reach("s3")
    except RefusedError as error:
        raise _failure(
            "layer_denied", task, container, name, message=error.message, digest=digest
        ) from None
    except UnreachableError:
        raise _failure("layers_unreachable", task, container, name, digest=digest) from None
    return digest


def _authorize(caller: Caller, container: Container) -> None:
    task = caller.task
    try:
        caller.reach("ecr.api")
        caller.ask("ecr:GetAuthorizationToken")
    except RefusedError as error:
        cause = caller.cause("ecr.api", "GetAuthorizationToken", error)
        raise cannot_start("registry_auth", task, container, cause=cause) from None
    except UnreachableError:
        cause = caller.timeout("ecr.api", "GetAuthorizationToken")
        raise cannot_start("registry_auth_unreachable", task, container, cause=cause) from None


def _pushed(caller: Caller, name: ImageName, container: Container) -> str:
    """The digest of an image in the lab's ECR; that of another account has every image."""
    if name.account_id != callers.account_of(caller.task):
        return name.digest
    backend = ecr_backends[name.account_id][name.region]
    upstream = pull_through.upstream_of(backend, name.name)
    if upstream is not None and _stored(name) is None:
        _import(caller, name, container, upstream)
    digest = _stored(name)
    if digest is None:
        there = name.name in backend.repositories
        what = "image_missing" if there else "repository_missing"
        raise _failure(what, caller.task, container, name)
    return digest


def _stored(name: ImageName) -> str | None:
    repository = ecr_backends[name.account_id][name.region].repositories.get(name.name)
    for image in repository.images if repository is not None else ():
        digest: Any = image.get_image_digest()
        if name.tag in image.image_tags or name.tag == digest:
            return str(digest)
    return None


def _import(caller: Caller, name: ImageName, container: Container, upstream: str) -> None:
    """Bring an image into a pull through cache: with permissions of the one who pulls.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html
    """
    backend = ecr_backends[name.account_id][name.region]
    arn = f"arn:aws:ecr:{name.region}:{name.account_id}:repository/{name.name}"
    try:
        caller.ask("ecr:BatchImportUpstreamImage", arn)
        if name.name not in backend.repositories:
            caller.ask("ecr:CreateRepository", arn)
    except RefusedError as error:
        raise _failure("pull_denied", caller.task, container, name, message=error.message) from None
    joint = "@" if name.tag.startswith("sha256:") else ":"
    pull_through.bring(
        backend, name.name, name.tag, ImageName.read(f"{upstream}{joint}{name.tag}").digest
    )


def _failure(
    what: str, task: Task, container: Container, name: ImageName, **values: str
) -> CannotStartError:
    return cannot_start(
        what,
        task,
        container,
        image=name.image,
        reference=name.reference,
        repository=name.repository,
        host=name.registry_host,
        name=name.name,
        tag=name.tag,
        account=name.account_id,
        region=name.region or callers.region_of(task),
        address=SOME_ADDRESS,
        **values,
    )
