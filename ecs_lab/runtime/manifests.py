"""Manifests of images: what ECR keeps of one, as the Open Container Initiative writes it.

Source: https://github.com/opencontainers/image-spec/blob/main/manifest.md
"""

from __future__ import annotations

import json

from ecs_lab.runtime.public_images import BASE_NAME

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
"""The media type of a manifest."""


def manifest(digest: str, like: str = "") -> str:
    """A manifest of one layer, which is the app; a copy names its original.

    >>> '"nginx:1.27"' in manifest("sha256:12ab", like="nginx:1.27")
    True
    """
    layer = {"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": digest}
    config = {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": digest}
    return json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": config | {"size": 1024},
            "layers": [layer | {"size": 1024}],
            "annotations": {BASE_NAME: like} if like else {},
        }
    )
