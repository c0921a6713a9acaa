"""`ecs-lab import FILE`: a teacher's own questions, checked as the course's and kept."""

from __future__ import annotations

from pathlib import Path

import click

from ecs_lab.coursefile import CourseFileError
from ecs_lab.quiz import bank, own


@click.command("import")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Say what is wrong, and keep nothing.")
@click.option("--replace", is_flag=True, help="Take the place of kept questions of that name.")
@click.option("--list", "listing", is_flag=True, help="List the questions that are kept.")
@click.option("--remove", metavar="NAME", help="Put kept questions out of use.")
def import_questions(
    files: tuple[Path, ...], check: bool, replace: bool, listing: bool, remove: str | None
) -> None:
    """Check YAML FILES of your own questions, and keep them for practice and mock exams.

    They are written like the course's (see CONTRIBUTING.md), and pass the same linter. A file can
    also be used without being kept: ecs-lab quiz FILE, ecs-lab exam start CODE --with FILE.
    """
    try:
        if remove is not None:
            click.echo(f"Out of use, and still there as {own.remove(remove)}")
        for file in files:
            _take(file, check=check, replace=replace)
    except CourseFileError as error:
        count = len(error.problems)
        raise click.ClickException(
            f"Nothing was kept: {count} thing{'s' if count > 1 else ''} to put right.\n{error}"
        ) from None
    except (own.KeptError, OSError) as error:
        raise click.ClickException(str(error)) from None
    if listing or not (files or remove):
        _list()


def _take(file: Path, *, check: bool, replace: bool) -> None:
    if check:
        (topic,) = own.checked([file])
        click.echo(f"{file}: {len(topic.questions)} questions, nothing wrong.")
        return
    target, topic = own.keep(file, replace=replace)
    click.echo(f"Kept {len(topic.questions)} questions as {target}")
    click.echo(f"Try them: ecs-lab quiz {topic.name}")


def _list() -> None:
    kept = own.files()
    if not kept:
        click.echo("You keep no questions of your own. Add some: ecs-lab import FILE")
    for path in kept:
        topic = bank.load_file(path)
        click.echo(f"{topic.name}  {topic.title}, {len(topic.questions)} questions  ({path})")
