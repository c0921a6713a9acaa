"""No request leaves the machine: from the first lab on, every boto3 call of this process goes to a
lab or nowhere.

Three places make that sure, each for the rest of the process:
- a handler on botocore's `before-send`, which gives each request to the lab it belongs to;
- botocore's own exit to the network, which refuses: it is reached by clients that were made before
the first lab, and by what asks for credentials inside a container, which gets there;
- the environment while a lab is open, without the user's credentials, profile, Region and
endpoints.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import boto3
import botocore.handlers
import botocore.httpsession
import botocore.waiter
from botocore.awsrequest import AWSResponse

from ecs_lab.aws import sdk_inside
from ecs_lab.aws.transport import ADMIN_ENVIRONMENT, plain_session, refuse, to_newest_lab


class _LabTime:
    """`time` as boto3's waiters see it: their sleep moves the lab's clock instead of waiting."""

    def __init__(self, sleep: Callable[[float], None]) -> None:
        self.sleep = sleep


def _send(session: Any, request: Any) -> AWSResponse:
    """botocore's own exit to the network: a container's way to its addresses, nobody else's."""
    return sdk_inside.send(request) or refuse()


def install(sleep: Callable[[float], None]) -> None:
    """Take over botocore for this process: every request goes to a lab, `sleep` gets the waiters'
    pauses.
    """
    botocore.handlers.BUILTIN_HANDLERS.append(("before-send", to_newest_lab))
    botocore.httpsession.URLLib3Session.send = _send  # type: ignore[method-assign,assignment]  # the point of it
    sdk_inside.install()
    # Waiters use nothing of `time` but its sleep.
    setattr(botocore.waiter, "time", _LabTime(sleep))  # noqa: B010 - the stubs hide it


class CleanEnvironment:
    """The user's AWS settings set aside while labs are open, and put back when the last one is
    closed.
    """

    def __init__(self) -> None:
        self._set_aside: dict[str, str] | None = None
        self._default_session: Any = None

    def enter(self, region: str) -> None:
        """Set the user's AWS variables and boto3's default session aside."""
        if self._set_aside is None:
            self._set_aside = {
                key: os.environ.pop(key) for key in list(os.environ) if key.startswith("AWS_")
            }
            self._default_session = boto3.DEFAULT_SESSION
        os.environ.update(ADMIN_ENVIRONMENT, AWS_DEFAULT_REGION=region, AWS_REGION=region)
        boto3.DEFAULT_SESSION = plain_session()

    def leave(self) -> None:
        """Put the user's AWS variables and default session back."""
        if self._set_aside is None:
            return
        for key in [each for each in os.environ if each.startswith("AWS_")]:
            del os.environ[key]
        os.environ.update(self._set_aside)
        boto3.DEFAULT_SESSION = self._default_session
        self._set_aside = self._default_session = None
