"""Basic scans of images: when they run, and what they find.

What is found is simulated: `scan_findings.csv` has invented findings of two invented base images,
`example.com/base:old` and `example.com/base:new`, for images that were pushed as copies of one.
All other images are clean, which no real one can be relied on to be.
Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-basic.html,
https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImageScanFindings.html
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import Any

from ecs_lab.runtime.public_images import BASE_NAME

SCAN_S = 30.0
"""How long a scan takes; AWS names no time, this is typical."""
ONCE_IN_S = 24 * 60 * 60.0
"""An image can be scanned once in this time, whether a push or somebody starts the scan."""


@cache
def _table() -> dict[str, list[dict[str, str]]]:
    file = resources.files("ecs_lab.aws.ecr") / "scan_findings.csv"
    found: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader(file.read_text("utf-8").splitlines()):
        found.setdefault(row["image"], []).append(row)
    return found


def status(image: Any, now_s: float) -> str | None:
    """IN_PROGRESS or COMPLETE; None for an image that was never scanned."""
    if image.last_scan is None:
        return None
    return "COMPLETE" if now_s >= image.last_scan.timestamp() + SCAN_S else "IN_PROGRESS"


def may_start(image: Any, now_s: float) -> bool:
    """Whether a day has passed since the last scan."""
    return image.last_scan is None or now_s >= image.last_scan.timestamp() + ONCE_IN_S


def findings(image: Any) -> dict[str, Any]:
    """What a completed scan has found, as DescribeImageScanFindings shows it."""
    annotations = json.loads(image.image_manifest).get("annotations") or {}
    rows = _table().get(annotations.get(BASE_NAME, ""), [])
    done = datetime.fromtimestamp(image.last_scan.timestamp() + SCAN_S, UTC)
    return {
        "imageScanCompletedAt": done,
        "vulnerabilitySourceUpdatedAt": image.last_scan,
        "findings": [_finding(row) for row in rows],
        "findingSeverityCounts": dict(Counter(row["severity"] for row in rows)),
    }


def _finding(row: dict[str, str]) -> dict[str, Any]:
    return {
        "name": row["name"],
        "description": row["description"],
        "uri": f"https://example.com/{row['name']}",
        "severity": row["severity"],
        "attributes": [
            {"key": "package_name", "value": row["package"]},
            {"key": "package_version", "value": row["version"]},
        ],
    }
