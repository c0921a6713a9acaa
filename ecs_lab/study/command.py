"""`ecs-lab study` and `ecs-lab reset`."""

from __future__ import annotations

from pathlib import Path

import click

from ecs_lab.paths import notebooks_dir
from ecs_lab.study import workingcopy

FOLDER = click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="ECS_LAB_FOLDER",
    default=None,
    help="Your working copy of the course.  [default: ~/ecs_lab; or ECS_LAB_FOLDER]",
)


def chosen(folder: Path | None) -> Path:
    """The folder of the working copy, as an absolute path."""
    return (folder or workingcopy.default_folder()).expanduser().absolute()


@click.command()
@FOLDER
@click.option("--port", type=click.IntRange(1, 65535), help="Use this port and no other.")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@click.option("--learner", metavar="NAME", help="Your name in a class, for your own variants of "
              "the exercises; kept for later.")  # fmt: skip
def study(folder: Path | None, port: int | None, no_browser: bool, learner: str | None) -> None:
    """Open the course in JupyterLab, in your own working copy.

    The copy is made once; what you change in it is never written over. Ctrl-C stops.
    """
    from ecs_lab.study import server

    folder = chosen(folder)
    if learner is not None:
        _remember(learner)
    try:
        free = server.find_port(port)
        server.prepare()
        changes = workingcopy.bring_up_to_date(folder, notebooks_dir())
    except (workingcopy.CopyError, server.ServerError) as error:
        raise click.ClickException(str(error)) from error
    _report(folder, changes)
    server.serve(folder, free, browser=not no_browser, announce=click.echo)
    click.echo(f"Stopped. Your notebooks are in {folder}")


@click.command()
@click.argument("notebook")
@FOLDER
def reset(notebook: str, folder: Path | None) -> None:
    """Put the original of NOTEBOOK back; your own is kept beside it.

    NOTEBOOK is its name, with or without .ipynb, or the beginning of it: 01
    """
    try:
        path, kept = workingcopy.restore(chosen(folder), notebooks_dir(), notebook)
    except workingcopy.CopyError as error:
        raise click.ClickException(str(error)) from error
    if kept:
        click.echo(f"Restored {path}\nYours is now {kept}")
    else:
        click.echo(f"{path} is as the course has it.")


def _remember(learner: str) -> None:
    from ecs_lab.exercises import variants

    try:
        variants.remember(learner)
    except OSError as error:
        raise click.ClickException(
            f"Your name cannot be kept ({error}). Set ECS_LAB_LEARNER={learner} instead."
        ) from None


def _report(folder: Path, changes: workingcopy.Changes) -> None:
    click.echo(f"Course    {folder}")
    for label, names in (("new", changes.added), ("brought up to date", changes.updated)):
        if names:
            click.echo(f"          {len(names)} {label}: {', '.join(Path(n).name for n in names)}")
    for name in changes.kept:
        stem = Path(name).stem
        click.echo(
            f"          The course has a newer {Path(name).name}; yours is changed, and stays. "
            f"To take the new one and keep yours beside it: ecs-lab reset {stem}"
        )
