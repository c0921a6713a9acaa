"""Pull through cache rules: upstream registries that have a prefix in the account's registry.

What the first pull brings is kept; images of other registries never change in the lab, so that
nothing is looked up again after 24 hours.
Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html,
https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moto.ecr.exceptions import InvalidParameterException
from moto.secretsmanager.models import secretsmanager_backends

from ecs_lab.aws.ecr import errors
from ecs_lab.runtime.manifests import MANIFEST, manifest


@dataclass(frozen=True, slots=True)
class Upstream:
    """A kind of upstream registry: its name in the API, its host, and whether it wants a secret."""

    name: str
    host: str
    wants_secret: bool


UPSTREAMS = (
    Upstream("ecr-public", r"public\.ecr\.aws", False),
    Upstream("k8s", r"registry\.k8s\.io", False),
    Upstream("quay", r"quay\.io", False),
    Upstream("docker-hub", r"registry-1\.docker\.io", True),
    Upstream("github-container-registry", r"ghcr\.io", True),
    Upstream("gitlab-container-registry", r"registry\.gitlab\.com", True),
    Upstream("azure-container-registry", r"[a-z0-9]+\.azurecr\.io", True),
    Upstream("chainguard", r"cgr\.dev", True),
)
_ECR = re.compile(r"\d{12}\.dkr\.ecr\.")


def create(backend: Any, asked: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """Make a rule; raises for a prefix that has one, an upstream that is none, a missing secret."""
    host, prefix = asked["upstreamRegistryUrl"], asked["ecrRepositoryPrefix"].rstrip("/")
    if _ECR.match(host) or "upstreamRepositoryPrefix" in asked or prefix == "ROOT":
        raise NotImplementedError("rules for another private registry, or for all of a registry")
    kind = next((each for each in UPSTREAMS if re.fullmatch(each.host, host)), None)
    if kind is None:
        raise errors.UnsupportedUpstream(host=host)
    if prefix in backend.cache_rules:
        raise errors.CacheRuleExists(prefix=prefix)
    _check_secret(backend, kind, asked.get("credentialArn"))
    kept = ("credentialArn", "upstreamRegistryUrl")
    rule = {
        **{name: asked[name] for name in kept if name in asked},
        "ecrRepositoryPrefix": prefix,
        "registryId": backend.account_id,
        "upstreamRegistry": kind.name,
        "createdAt": now,
        "updatedAt": now,
    }
    backend.cache_rules[prefix] = rule
    return rule


def _check_secret(backend: Any, kind: Upstream, arn: str | None) -> None:
    if not kind.wants_secret:
        return
    if arn is None:
        raise InvalidParameterException(
            f"Invalid parameter at 'credentialArn' failed to satisfy constraint: '{kind.name} "
            "requires a secret with credentials'"
        )
    secrets = secretsmanager_backends[backend.account_id][backend.region_name].secrets.values()
    if arn not in [secret.arn for secret in secrets]:
        raise errors.SecretNotFound(arn=arn)


def found(backend: Any, prefix: str) -> dict[str, Any]:
    """The rule of a prefix; raises PullThroughCacheRuleNotFoundException."""
    rule = backend.cache_rules.get(prefix.rstrip("/"))
    if rule is None:
        raise errors.CacheRuleNotFound(prefix=prefix, registry=backend.account_id)
    return dict(rule)


def upstream_of(backend: Any, repository: str) -> str | None:
    """The upstream repository that a name in the registry stands for, by the longest prefix.

    None where no rule is about it. `hub/library/nginx` may be
    `registry-1.docker.io/library/nginx`.
    """
    prefixes = [each for each in backend.cache_rules if repository.startswith(f"{each}/")]
    if not prefixes:
        return None
    prefix = max(prefixes, key=len)
    return f"{backend.cache_rules[prefix]['upstreamRegistryUrl']}{repository[len(prefix) :]}"


def bring(backend: Any, repository: str, tag: str, digest: str) -> None:
    """Keep an upstream image: make its repository if there is none, and put the image."""
    if repository not in backend.repositories:
        backend.create_repository(repository, None, None, None, None, [])
    named = None if tag.startswith("sha256:") else tag
    like = f"{upstream_of(backend, repository)}{'@' if named is None else ':'}{tag}"
    backend.put_image(repository, manifest(digest, like), named, MANIFEST, digest)
