"""What the notebook's panels have in common: their look."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent


def style(name: str) -> str:
    """The style sheet of a panel: what all share, and its own."""
    return "".join((_HERE / each).read_text("utf-8") for each in ("panel.css", f"{name}.css"))
