"""`ecs-lab completion SHELL` prints what a shell needs to complete `ecs-lab`'s words."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script for SHELL.

    \b
    bash: add  eval "$(ecs-lab completion bash)"  to ~/.bashrc
    zsh:  add  eval "$(ecs-lab completion zsh)"   to ~/.zshrc
    fish: ecs-lab completion fish > ~/.config/fish/completions/ecs-lab.fish
    """  # noqa: D301 - click wants a real backspace character there
    from ecs_lab.cli import cli

    kind = get_completion_class(shell)
    assert kind is not None  # click has all three
    click.echo(kind(cli, {}, "ecs-lab", "_ECS_LAB_COMPLETE").source())
