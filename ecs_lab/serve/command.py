"""`ecs-lab serve`."""

from __future__ import annotations

import math
from pathlib import Path

import click

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8042,
    show_default=True,
    help="The port on 127.0.0.1; 0 takes a free one.",
)
@click.option(
    "--speed",
    type=click.FloatRange(0, 86400, min_open=True),
    default=60.0,
    show_default=True,
    help="How many times as fast as the wall clock time runs in the lab.",
)
@click.option("--save", type=FILE, help="Keep the lab in this file when it stops.")
@click.option("--load", type=FILE, help="Start with the lab that is in this file.")
def serve(port: int, speed: float, save: Path | None, load: Path | None) -> None:
    """Open a lab on a port of this machine, for the AWS CLI, CDK and any SDK.

    Nobody else can reach it, and nothing in it reaches AWS. To go on with a lab day by day, give
    --save and --load the same file. Ctrl-C stops.
    """
    if math.isnan(speed):  # which no range refuses
        raise click.BadParameter("a number is wanted, such as 60.", param_hint="--speed")
    from ecs_lab.serve import server
    from ecs_lab.serve.state_file import StateFileError

    try:
        server.serve(port, speed, save, load, announce=click.echo)
    except (server.ServeError, StateFileError) as error:
        raise click.ClickException(str(error)) from error
