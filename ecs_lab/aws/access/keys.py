"""The credentials that a lab hands out, and whose they are."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from random import Random
from typing import Any

from ecs_lab.iam.document import Policy

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


@dataclass(frozen=True, slots=True)
class Credentials:
    """An access key with its secret. `token` is empty for a key that lasts; `expires_at_s` is in
    seconds since the epoch.
    """

    access_key_id: str
    secret_access_key: str
    token: str
    expires_at_s: float


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose credentials they are: a session of a role, or a user.

    `session_policies` is None for a session that was given none of its own.
    """

    credentials: Credentials
    issued_at_s: float
    role_arn: str = ""
    session_name: str = ""
    user_name: str = ""
    session_policies: tuple[Policy, ...] | None = None
    source_identity: str = ""
    tags: tuple[tuple[str, str], ...] = ()


class Keys:
    """The keys of one lab, by access key id; the same seed gives the same keys."""

    def __init__(self, seed: int) -> None:
        self._random = Random(f"keys/{seed}")
        self._holders: dict[str, Holder] = {}
        self._seen: set[str] = set()

    def holder(self, access_key_id: str) -> Holder | None:
        """Whose key it is, or None for one that was not issued here."""
        return self._holders.get(access_key_id)

    def issue(self, now_s: float, lasts_s: float, **whose: Any) -> Credentials:
        """Make temporary credentials; `whose` are the fields of a `Holder`."""
        credentials = self.make(now_s, lasts_s)
        self._holders[credentials.access_key_id] = Holder(credentials, now_s, **whose)
        return credentials

    def make(self, now_s: float, lasts_s: float) -> Credentials:
        """Make temporary credentials that are nobody's."""
        key, secret, token = (self._text(length) for length in (16, 40, 120))
        return Credentials("ASIA" + key, secret, token, now_s + lasts_s)

    def seen(self, keys: Iterable[str]) -> None:
        """Take note of keys that users have."""
        self._seen.update(keys)

    def is_retired(self, access_key_id: str, keys: Container[str]) -> bool:
        """Whether a key was a user's and is no more among `keys`."""
        return access_key_id in self._seen and access_key_id not in keys

    def _text(self, length: int) -> str:
        return "".join(self._random.choices(_ALPHABET, k=length))
