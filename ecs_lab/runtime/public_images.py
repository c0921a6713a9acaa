"""The catalogue of public images: what well-known ones do, from a table.

>>> image_of("public.ecr.aws/nginx/nginx:1.27").port
80
>>> image_of("shop/api") is None
True
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

IGNORES = -1
BASE_NAME = "org.opencontainers.image.base.name"
"""The annotation of an image manifest that names the image which this one is a copy of."""

REGISTRIES: Final = (
    "docker.io/",
    "registry-1.docker.io/",
    "public.ecr.aws/",
    "ghcr.io/",
    "quay.io/",
)
LIBRARIES: Final = ("library/", "docker/library/")
DOES: Final = frozenset({"web", "echo", "service", "agent", "ends"})


@dataclass(frozen=True, slots=True)
class PublicImage:
    """What a container of the image does; the fields are those of the table."""

    names: tuple[str, ...]
    does: str
    port: int | None = None
    server: str = ""
    page: str = ""
    prints: str = ""
    exit_code: int = 0
    sigterm: int = 143
    entry_point: tuple[str, ...] = ()

    @property
    def on_sigterm(self) -> int | None:
        """The exit code on SIGTERM, or None for one that takes no notice of it."""
        return None if self.sigterm == IGNORES else self.sigterm


def image_of(name: str) -> PublicImage | None:
    """The catalogue's entry for an image as a task definition names it, or None."""
    return _catalogue().get(short_name(name))


def short_name(name: str) -> str:
    """An image's name without registry, tag and digest.

    >>> short_name("docker.io/library/nginx:1.27"), short_name("traefik/whoami@sha256:0a1b")
    ('nginx', 'traefik/whoami')
    """
    name = name.partition("@")[0]
    head, slash, last = name.rpartition("/")
    name = head + slash + last.partition(":")[0]
    for prefix in (*REGISTRIES, *LIBRARIES):
        name = name.removeprefix(prefix)
    for prefix in LIBRARIES:
        name = name.removeprefix(prefix)
    return name


@cache
def _catalogue() -> dict[str, PublicImage]:
    text = files("ecs_lab.runtime").joinpath("data/public_images.toml").read_text("utf-8")
    found: dict[str, PublicImage] = {}
    for row in tomllib.loads(text)["image"]:
        image = _read(row)
        found |= dict.fromkeys(image.names, image)
    return found


def _read(row: dict[str, Any]) -> PublicImage:
    """An entry of the table; raises TypeError or ValueError for what the table cannot say."""
    fields: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in row.items()
    }
    image = PublicImage(**fields)
    if image.does not in DOES or (image.does in {"web", "echo", "service"}) != bool(image.port):
        raise ValueError(f"public_images.toml: {image.names}: `does` is unknown, or `port` wrong")
    return image
