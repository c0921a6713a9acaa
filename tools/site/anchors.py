"""How a heading's anchor is made from its words."""

from __future__ import annotations


def as_in_jupyterlab(heading: str) -> str:
    """The anchor of a heading, the same on the site as in JupyterLab.

    >>> as_in_jupyterlab("When it breaks")
    'When-it-breaks'
    """
    return heading.replace(" ", "-")
