"""Notebooks for the tests of grading."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def notebook_data(cells: Iterable[str], metadata: dict[str, Any] | None = None) -> dict[str, Any]:
    """A notebook of format 4.5 with these code cells, as JupyterLab saves it."""
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": metadata or {},
        "cells": [
            {
                "cell_type": "code",
                "id": f"cell-{number}",
                "metadata": {},
                "source": source,
                "outputs": [],
                "execution_count": None,
            }
            for number, source in enumerate(cells)
        ],
    }


def write_notebook(path: Path, *cells: str, exercises: Iterable[str] | None = None) -> Path:
    """A notebook file with these code cells; `exercises` go into its metadata."""
    metadata = {"ecs_lab": {"exercises": list(exercises)}} if exercises is not None else {}
    path.write_text(json.dumps(notebook_data(cells, metadata)), "utf-8")
    return path
