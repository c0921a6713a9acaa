"""The credentials that a lab hands out, and whose they are."""

from __future__ import annotations

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

    def holder(self, access_key_id: str) -> Holder | None:
        """Whose key it is, or None for one that was not issued here."""
        return self._holders.get(access_key_id)

    def issue(self, now_s: float, lasts_s: float, **whose: Any) -> Credentials:
        """Make temporary credentials; `whose` are the fields of a `Holder`."""
        credentials = Credentials(
            "ASIA" + self._text(16), self._text(40), self._text(120), now_s + lasts_s
        )
        self._holders[credentials.access_key_id] = Holder(credentials, now_s, **whose)
        return credentials

    def _text(self, length: int) -> str:
        return "".join(self._random.choices(_ALPHABET, k=length))
