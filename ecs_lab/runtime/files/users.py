"""Whom a container's program runs as."""

from __future__ import annotations

from ecs_lab.runtime.files.disk import Identity

KNOWN_USERS = {"root": 0, "nginx": 101, "nobody": 65534}
SOME_USER = 1000
"""A name that only the image knows; the lab's images have no /etc/passwd, and get this."""


def user_of(user: str | None) -> Identity:
    """Whom a container runs as: `user`, `user:group`, `uid` or `uid:gid`; root without one.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html

    >>> user_of("1000:2000")
    Identity(uid=1000, gid=2000, groups=())
    >>> user_of(None).uid, user_of("nginx").uid
    (0, 101)
    """
    name, _, group = (user or "root").partition(":")
    uid = _number(name)
    return Identity(uid, _number(group) if group else uid)


def _number(name: str) -> int:
    return int(name) if name.isdecimal() else KNOWN_USERS.get(name, SOME_USER)
