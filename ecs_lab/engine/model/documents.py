"""What a caller writes and ECS keeps as it is: AWS's own dictionaries, and tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Document = Mapping[str, Any]
Tags = list[dict[str, str]]
