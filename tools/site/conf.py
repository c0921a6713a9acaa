"""Sphinx's settings for the site; build_site.py runs it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

project = "ecs_lab"
author = "The ecs_lab authors"
html_title = "ecs_lab"
extensions = ["myst_nb"]
exclude_patterns: list[str] = []
nitpicky = True

# The notebooks come with their outputs (executed.py); scripts for widgets would come from a CDN.
nb_execution_mode = "off"
nb_ipywidgets_js: dict[str, Any] = {}
myst_heading_anchors = 6
myst_heading_slug_func = "anchors.as_in_jupyterlab"

html_theme = "furo"
html_static_path = [str(Path(__file__).parent / "static")]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_domain_indices = False
html_use_index = False
