"""The lab's registry of container images: Amazon ECR, to which Python apps are pushed."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ecs_lab.runtime.apps import program_of
from ecs_lab.runtime.fingerprint import digest_of
from ecs_lab.runtime.manifests import MANIFEST, manifest

if TYPE_CHECKING:
    from ecs_lab.lab import Lab

NOT_RUN = (
    "This lab's account is in the grader's process, which runs no code of yours: {name} stands "
    "there for a program that runs, answers on its ports, and says nothing."
)
_NAME = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*(?:/[a-z0-9]+(?:[._-][a-z0-9]+)*)*")
_TAG = re.compile(r"\w[\w.-]{0,127}", re.ASCII)


class Registry:
    """Where a lab's images are. What is pushed is listed by ECR, and runs in containers."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab

    def push(
        self,
        name: str,
        app: Callable[..., Any] | None = None,
        *,
        port: int | None = None,
        step: Callable[..., Any] | None = None,
        every_s: float = 1.0,
        script: Callable[..., Any] | str | None = None,
        like: str | None = None,
    ) -> str:
        """Push an app as the image `name` (`repository:tag`), and give the URI to use as `image`.

        - `app`: a WSGI callable, or a class of them: each container makes one of its own. It
          listens on `port`, or without on the ports that its container definition maps.
        - `step`: a function that is called with the container every `every_s` seconds; an int that
          it gives back is the container's exit code.
        - `script`: a function that is called with the container once, and gives the exit code
          (None: 0), or Python source text.
        - `like`: the name of a public image, such as "nginx:1.27", of which this is a copy.

        A graded notebook's lab is in the grader's process, which never runs a learner's code: there
        an app stands for a program that runs, answers on its ports, and says nothing.
        The repository is made if there is none; a tag that is immutable cannot be pushed again
        (ImageTagAlreadyExistsException). Raises TypeError or ValueError for what is no app.
        """
        repository, tag = _parts(name)
        if like is not None:
            if any(each is not None for each in (app, port, step, script)):
                raise TypeError("a copy of a public image is no app as well: give like= alone")
            self._put(repository, tag, digest_of("like", like), like)
            return f"{self._uri(repository)}:{tag}"
        program = program_of(app, port=port, step=step, every_s=every_s, script=script)
        keep = getattr(self._lab.world, "keep_image", None)
        digest = digest_of(app or step or script, port, every_s if step is not None else None)
        self._put(repository, tag, digest)
        if keep is None:
            print(NOT_RUN.format(name=name))  # noqa: T201 - shown in the notebook
        else:
            keep(digest, program, name)
        return f"{self._uri(repository)}:{tag}"

    def _put(self, repository: str, tag: str, digest: str, like: str = "") -> None:
        """Put the image into ECR, as `docker push` does; nothing to do if the tag is on it."""
        ecr = self._lab.client("ecr")
        exceptions = ecr.exceptions
        image = {
            "repositoryName": repository,
            "imageManifest": manifest(digest, like),
            "imageManifestMediaType": MANIFEST,
            "imageTag": tag,
            "imageDigest": digest,
        }
        with suppress(exceptions.ImageAlreadyExistsException):
            try:
                ecr.put_image(**image)
            except exceptions.RepositoryNotFoundException:
                ecr.create_repository(repositoryName=repository)
                ecr.put_image(**image)

    def _uri(self, repository: str) -> str:
        account = self._lab.client("sts").get_caller_identity()["Account"]
        return f"{account}.dkr.ecr.{self._lab.region}.amazonaws.com/{repository}"


def _parts(name: str) -> tuple[str, str]:
    """Repository and tag; raises ValueError for what ECR would not take.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
    """
    repository, _, tag = name.partition(":")
    tag = tag or "latest"
    if not (_NAME.fullmatch(repository) and 2 <= len(repository) <= 256 and _TAG.fullmatch(tag)):
        raise ValueError(
            f"{name!r} is no name of an image: give repository:tag in lower case, such as 'web:1'"
        )
    return repository, tag
