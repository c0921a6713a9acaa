"""What moto's API of ECR lacks: previews of lifecycle policies, and tokens that expire in time."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.core.responses import ActionResult
from moto.ecr.responses import ECRResponse
from moto.moto_api._internal import mock_random

from ecs_lab.aws.moto_state import MotoState

TOKEN_LASTS = timedelta(hours=12)
"""Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html"""


def start_lifecycle_policy_preview(self: Any) -> ActionResult:
    """StartLifecyclePolicyPreview."""
    asked = (self._get_param(each) for each in ("registryId", "repositoryName"))
    text = self._get_param("lifecyclePolicyText")
    return ActionResult(self.ecr_backend.start_lifecycle_policy_preview(*asked, text))


def get_lifecycle_policy_preview(self: Any) -> ActionResult:
    """GetLifecyclePolicyPreview."""
    asked = (self._get_param(each) for each in ("registryId", "repositoryName"))
    tag_status = (self._get_param("filter") or {}).get("tagStatus", "ANY")
    return ActionResult(self.ecr_backend.get_lifecycle_policy_preview(*asked, tag_status))


def get_authorization_token(self: Any) -> ActionResult:
    """GetAuthorizationToken: `AWS:` and a password in base64, good for twelve hours.

    moto: the token has expired in 2015.
    """
    registries = self._get_param("registryIds") or [self.current_account]
    now_s = MotoState.current.clock.now if MotoState.current is not None else 0.0
    return ActionResult(
        {
            "authorizationData": [
                {
                    "authorizationToken": b64encode(
                        f"AWS:{mock_random.get_random_hex(64)}".encode()
                    ).decode(),
                    "expiresAt": datetime.fromtimestamp(now_s, UTC) + TOKEN_LASTS,
                    "proxyEndpoint": f"https://{each}.dkr.ecr.{self.region}.amazonaws.com",
                }
                for each in registries
            ]
        }
    )


def install() -> None:
    """Put these beside moto's, or into their place."""
    for each in (
        start_lifecycle_policy_preview,
        get_lifecycle_policy_preview,
        get_authorization_token,
    ):
        setattr(ECRResponse, each.__name__, each)
