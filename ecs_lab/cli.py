"""The `ecs-lab` command: a table of words, each of which loads its module when it is used."""

from __future__ import annotations

import difflib
import os
import sys
from importlib import import_module
from typing import NamedTuple

import click

from ecs_lab import __version__
from ecs_lab.paths import CourseMissingError

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Word(NamedTuple):
    """One word of the command line: where its click command is, and its line in the help."""

    target: str
    help: str


WORDS = {
    "study": Word("ecs_lab.study.command:study", "Open the course in JupyterLab."),
    "quiz": Word("ecs_lab.quiz.command:quiz", "Answer questions on a topic in the terminal."),
    "exam": Word("ecs_lab.exam.command:exam", "Sit a timed mock exam; see how the last ones went."),
    "watch": Word("ecs_lab.exercises.command:watch", "Check a notebook or script at each save."),
    "check": Word(
        "ecs_lab.exercises.command:check", "Check the exercises of a notebook or script."
    ),
    "progress": Word("ecs_lab.overview.command:progress", "Show how you stand, and what is next."),
    "reset": Word("ecs_lab.study.command:reset", "Restore a notebook; yours is kept beside it."),
    "export": Word(
        "ecs_lab.export.command:export", "Questions for Anki, Moodle, QTI; scores for Gradescope."
    ),
    "import": Word(
        "ecs_lab.quiz.import_command:import_questions", "Check and keep your own questions."
    ),
    "serve": Word(
        "ecs_lab.serve.command:serve", "Open a lab for the AWS CLI, CDK and any AWS SDK."
    ),
    "doctor": Word("ecs_lab.study.doctor:doctor", "Check this installation; say what to do."),
    "course": Word(
        "ecs_lab.exercises.command:course", "For authors: check the course's own files."
    ),
    "completion": Word("ecs_lab.study.completion:completion", "Print a shell's completion script."),
}


class LazyGroup(click.Group):
    """A click group that imports a word's module only when that word is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All words, in the order of the table."""
        return list(WORDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The word's own command; None for a word that is not in the table."""
        return _load(cmd_name) if cmd_name in WORDS else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click's, but a wrong word gets the nearest right one."""
        if args and args[0] not in WORDS and not args[0].startswith("-"):
            raise click.UsageError(f"There is no command '{args[0]}'. {_nearest(args[0])}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table of words, from our own lines: showing help imports no command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, word.help) for name, word in WORDS.items()])


def _nearest(word: str) -> str:
    close = difflib.get_close_matches(word, WORDS, n=1)
    if close:
        return f"Did you mean '{close[0]}'?"
    return "Run 'ecs-lab --help' for the list."


def _load(name: str) -> click.Command:
    module_name, _, attribute = WORDS[name].target.partition(":")
    try:
        module = import_module(module_name)
    except ModuleNotFoundError as error:
        raise click.ClickException(
            f"'{name}' cannot start: the module '{error.name}' is missing from this installation. "
            "Run 'ecs-lab doctor' to see what else is, then install ecs-lab again."
        ) from error
    command = getattr(module, attribute)
    assert isinstance(command, click.Command)
    return command


@click.group(cls=LazyGroup, context_settings=CONTEXT)
@click.version_option(__version__, prog_name="ecs-lab")
def cli() -> None:
    """Learn Amazon ECS in a lab that behaves like ECS, on your own machine, without an AWS account.

    Start with 'ecs-lab study'.
    """


def main() -> None:
    """The console script: run the command line, and never show a learner a traceback for Ctrl-C."""
    try:
        cli.main(prog_name="ecs-lab")
    except CourseMissingError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:  # outside click's own handling, for example in an import
        sys.exit(130)
    except BrokenPipeError:  # `ecs-lab ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
