"""The formats in which a score is given to another program, and the option that names one."""

from __future__ import annotations

import click

KINDS = ("gradescope", "classroom50", "json")

AS = click.option(
    "--as",
    "kind",
    default="json",
    show_default=True,
    type=click.Choice(KINDS),
    help="Whose format.",
)
