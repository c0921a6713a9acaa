"""Generated questions on mounts: what a task may do on an EFS file system."""

from __future__ import annotations

import random

from ecs_lab.quiz.generators.making import Choice, Draft, generator

_GRANTS = [
    [],
    ["ClientMount"],
    ["ClientMount", "ClientWrite"],
    ["ClientMount", "ClientWrite", "ClientRootAccess"],
    ["ClientWrite"],
    ["ClientWrite", "ClientRootAccess"],
    ["ClientRootAccess"],
]
_SAID = {
    "refused": "It cannot mount the file system.",
    "read": "It mounts, and reads only.",
    "limited": "It reads and writes, but root has limited rights.",
    "root": "It reads and writes, and root stays root.",
}
_NEEDS = {"read": "ClientMount", "limited": "ClientWrite", "root": "ClientRootAccess"}


@generator(concepts="ST-05", exams="SAA-C03 DVA-C03", difficulty=3,
           pages="https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html "
           "https://docs.aws.amazon.com/efs/latest/ug/accessing-fs-nfs-permissions.html "
           "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EFSAuthorizationConfig.html")  # fmt: skip
def efs_rights(chance: random.Random) -> Draft:
    """What may a task do on a file system, by the policies of its roles and the file system?"""
    own, given, other = (chance.choice(_GRANTS) for _ in range(3))
    by_role = chance.random() < 0.8
    granted = {*own, *given} if by_role else set()
    right = _outcome(granted)
    authorization = "ENABLED" if by_role else "DISABLED"
    return Draft(
        f"The policy of an EFS file system lets an administrator's role do everything, and the task "
        f"role {_listed(given)}. The task role's own policy allows {_listed(own)}, the task "
        f"execution role's {_listed(other)}. All actions are of elasticfilesystem. A task mounts "
        f"with iam {authorization}, and its container runs as root. What may it do?",
        {"own": own, "given": given, "other": other, "iam": authorization},
        [Choice(right, _SAID[right], _why_right(right, by_role=by_role)),
         *(Choice(kind, _SAID[kind], _why_wrong(kind, granted, by_role=by_role))
           for kind in _SAID if kind != right)],
    )  # fmt: skip


def _outcome(granted: set[str]) -> str:
    """How far the permissions go: each step needs those before."""
    reached = "refused"
    for kind, action in _NEEDS.items():
        if action not in granted:
            break
        reached = kind
    return reached


def _listed(actions: list[str]) -> str:
    return " and ".join(", ".join(actions).rsplit(", ", 1)) if actions else "nothing"


def _why_right(kind: str, *, by_role: bool) -> str:
    if not by_role:
        return (
            "Without IAM authorization the task shows no role, and this policy of the file system "
            "lets in roles only."
        )
    return {
        "refused": "Nothing allows ClientMount to the task role. What the execution role may do does "
        "not count for a mount.",
        "read": "The task role has ClientMount, from one policy or the other, and ClientWrite from "
        "neither.",
        "limited": "ClientMount and ClientWrite are allowed, and it does not matter by which of the "
        "two policies. Without ClientRootAccess, root becomes a user with limited permissions.",
        "root": "All three actions are allowed to the task role, some perhaps by its own policy and "
        "others by the file system's: one of the two is enough for each.",
    }[kind]


def _why_wrong(kind: str, granted: set[str], *, by_role: bool) -> str:
    if not by_role:
        return "The role's permissions do not count, as iam DISABLED means that no role is shown."
    if kind == "refused":
        return (
            "ClientMount is allowed to the task role. A policy of the role or of the file system "
            "is enough; it need not be in both."
        )
    kinds = list(_NEEDS)
    needed = [_NEEDS[each] for each in kinds[: kinds.index(kind) + 1]]
    lacking = [action for action in needed if action not in granted]
    if lacking:
        return (
            f"{lacking[0]} is not allowed to the task role, by either of the policies that count."
        )
    return "More than that is allowed to the task role, by its own policy or the file system's."
