"""What moto's API of ECR lacks: previews of lifecycle policies, rules of pull through caches, and
tokens that expire in time.
"""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from typing import Any

from moto.core.responses import ActionResult
from moto.ecr.responses import ECRResponse
from moto.moto_api._internal import mock_random

from ecs_lab.aws.ecr import here, pull_through

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


def create_pull_through_cache_rule(self: Any) -> ActionResult:
    """CreatePullThroughCacheRule."""
    names = (
        *("ecrRepositoryPrefix", "upstreamRegistryUrl", "upstreamRegistry", "credentialArn"),
        "upstreamRepositoryPrefix",
    )
    given = {each: self._get_param(each) for each in names}
    asked = {name: value for name, value in given.items() if value is not None}
    rule = pull_through.create(self.ecr_backend, asked, here.now())
    return ActionResult(rule)


def describe_pull_through_cache_rules(self: Any) -> ActionResult:
    """DescribePullThroughCacheRules: those of the prefixes that are named, or all."""
    backend = self.ecr_backend
    prefixes = self._get_param("ecrRepositoryPrefixes") or list(backend.cache_rules)
    rules = [pull_through.found(backend, each) for each in prefixes]
    return ActionResult({"pullThroughCacheRules": rules})


def delete_pull_through_cache_rule(self: Any) -> ActionResult:
    """DeletePullThroughCacheRule: what was cached stays."""
    gone = pull_through.found(self.ecr_backend, self._get_param("ecrRepositoryPrefix"))
    del self.ecr_backend.cache_rules[gone["ecrRepositoryPrefix"]]
    return ActionResult(gone)


def get_authorization_token(self: Any) -> ActionResult:
    """GetAuthorizationToken: `AWS:` and a password in base64, good for twelve hours.

    moto: the token has expired in 2015.
    """
    registries = self._get_param("registryIds") or [self.current_account]
    return ActionResult(
        {
            "authorizationData": [
                {
                    "authorizationToken": b64encode(
                        f"AWS:{mock_random.get_random_hex(64)}".encode()
                    ).decode(),
                    "expiresAt": here.now() + TOKEN_LASTS,
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
        create_pull_through_cache_rule,
        describe_pull_through_cache_rules,
        delete_pull_through_cache_rule,
        get_authorization_token,
    ):
        setattr(ECRResponse, each.__name__, each)
