"""What an instance's user data makes of `/etc/ecs/ecs.config`, the ECS agent's settings.

cloud-init reads the user data at the first boot and decides by how it begins what it is: a script
(`#!`), a cloud-config (`#cloud-config`), a boothook (`#cloud-boothook`) or a MIME multi-part
message of these. Anything else is not run at all, which is the most common mistake here.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bootstrap_container_instance.html
https://cloudinit.readthedocs.io/en/latest/explanation/format.html
"""

from __future__ import annotations

import base64
import binascii
import email
import re
import shlex
from dataclasses import dataclass, field
from typing import Any

import yaml

from ecs_lab.aws.agent_config import SETTINGS
from ecs_lab.aws.user_data_shell import AGENT_CONFIG_FILE, UNKNOWN_OUTPUT, Disk, Ignored, run_script

__all__ = ["AGENT_CONFIG_FILE", "EcsConfig", "Ignored", "ecs_config"]

_KINDS = {  # how a part begins (cloud-init's own table), longest first
    "#cloud-config-archive": "not read",
    "#cloud-boothook": "boothook",
    "#cloud-config": "cloud-config",
    "#part-handler": "not read",
    "## template: jinja": "not read",
    "#include": "not read",
    "#!": "script",
}
_SHELL = re.compile(r"#!\s*(?:\S*/env\s+(?:-\S+\s+)*)?(?:\S*/)?(?:ba|da|k|z)?sh\b")


@dataclass(frozen=True, slots=True)
class EcsConfig:
    """The agent's settings as user data left them.

    `settings` is name to value; `unknown` names those of them that the agent does not know and
    takes no notice of; `ignored` tells what in the user data had no effect, or another one than it
    seems to have, and why.
    """

    settings: dict[str, str] = field(default_factory=dict)
    ignored: tuple[Ignored, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(slots=True)
class _Parts:
    """The pieces of user data by the order in which cloud-init carries them out."""

    boothooks: list[str] = field(default_factory=list)
    bootcmd: list[Any] = field(default_factory=list)
    files: list[Any] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    runcmd: list[Any] = field(default_factory=list)


def ecs_config(user_data: str) -> EcsConfig:
    r"""The agent's settings that this user data (plain text, base64 already decoded) leads to.

    >>> ecs_config("#!/bin/bash\necho ECS_CLUSTER=shop >> /etc/ecs/ecs.config").settings
    {'ECS_CLUSTER': 'shop'}
    >>> ecs_config("echo ECS_CLUSTER=shop >> /etc/ecs/ecs.config").settings
    {}
    """
    disk, parts = Disk(), _Parts()
    for content_type, payload in _split(user_data):
        _sort(content_type, payload, parts, disk)
    _carry_out(parts, disk)
    settings = _settings(disk)
    for path in disk.files:
        if path.startswith("/etc/ecs/") and path != AGENT_CONFIG_FILE:
            disk.ignore(
                path,
                f"the agent reads its settings from {AGENT_CONFIG_FILE} only: write to that file",
            )
    return EcsConfig(
        settings, tuple(disk.ignored), tuple(sorted(settings.keys() - SETTINGS.keys()))
    )


def _split(user_data: str) -> list[tuple[str | None, str]]:
    """The parts, each with its MIME type (None when the user data is no MIME message)."""
    if "mime-version:" not in user_data[:4096].lower():  # cloud-init's own test
        return [(None, user_data)]
    message = email.message_from_string(user_data)
    parts = [part for part in message.walk() if not part.is_multipart()]
    payloads = [part.get_payload(decode=True) for part in parts]
    texts = [
        payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
        for payload in payloads
    ]
    return [(part.get_content_type(), text) for part, text in zip(parts, texts, strict=True)]


def _sort(content_type: str | None, payload: str, parts: _Parts, disk: Disk) -> None:
    """Put one part where it belongs, or note why it is not run."""
    begins = payload.lstrip().lower()
    kind = next((kind for prefix, kind in _KINDS.items() if begins.startswith(prefix)), None)
    if kind is None and content_type in {"text/cloud-config", "text/cloud-boothook"}:
        kind = content_type.removeprefix("text/cloud-").replace("config", "cloud-config")
    if kind == "script":
        _sort_script(payload, parts, disk)
    elif kind == "cloud-config":
        _sort_cloud_config(payload, parts, disk)
    elif kind == "boothook":
        parts.boothooks.append(payload)
    elif payload.strip():
        disk.ignore(_first_line(payload), _why_not_run(payload, kind))


def _why_not_run(payload: str, kind: str | None) -> str:
    if kind:
        return (
            "cloud-init would act on this kind of user data, but the lab does not; "
            "use a #!/bin/bash script"
        )
    if payload.lstrip().startswith("<"):
        return "this is user data for Windows, and the image Amazon Linux; use a #!/bin/bash script"
    if payload.startswith("IyE"):  # "#!" in base64
        return "this is base64 of base64; boto3 encodes UserData itself, so give it the plain text"
    return (
        "cloud-init runs user data as a script only if it begins with #! and a shell, so none of "
        "this ran (its own log: Unhandled non-multipart (text/x-not-multipart) userdata); "
        "begin with #!/bin/bash"
    )


def _sort_script(payload: str, parts: _Parts, disk: Disk) -> None:
    # cloud-init writes the text to a file as it is and runs that, and the kernel wants #! as its
    # first two bytes (seen on AL2023: https://github.com/aws/amazon-ecs-cli/issues/1167).
    if not payload.startswith("#!"):
        disk.ignore(
            _first_line(payload),
            "the #! must be the very first characters: after a blank line or spaces the script "
            'does not run (Exec format error); in Python write """#!/bin/bash on one line',
        )
    elif not _SHELL.match(payload):
        disk.ignore(_first_line(payload), "the lab reads shell scripts only: use #!/bin/bash")
    else:
        parts.scripts.append(payload)


def _sort_cloud_config(payload: str, parts: _Parts, disk: Disk) -> None:
    try:
        config = yaml.safe_load(payload)
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        at = f" (line {where.line + 1})" if where else ""
        return disk.ignore(
            "#cloud-config", f"this is not valid YAML{at}, so cloud-init uses none of it"
        )
    if not isinstance(config, dict):
        return disk.ignore(
            "#cloud-config", "a cloud-config is a YAML mapping such as write_files: or runcmd:"
        )
    for key, pieces in (
        ("bootcmd", parts.bootcmd),
        ("write_files", parts.files),
        ("runcmd", parts.runcmd),
    ):
        value = config.get(key) or []
        if isinstance(value, list):
            pieces.extend(value)
        else:
            disk.ignore(f"{key}:", f"{key} is a YAML list: begin each entry with a dash")
    return None


def _carry_out(parts: _Parts, disk: Disk) -> None:
    """Let all parts write to disk, in cloud-init's order."""
    for script in parts.boothooks:
        run_script(script, disk)
    for command in parts.bootcmd:
        _run_command(command, disk)
    for entry in parts.files:
        _write_file(entry, disk)
    for script in parts.scripts:
        run_script(script, disk)
    variables: dict[str, str] = {}  # all of runcmd is one script
    for command in parts.runcmd:
        _run_command(command, disk, variables)


def _run_command(command: Any, disk: Disk, variables: dict[str, str] | None = None) -> None:
    """Run an entry of bootcmd or runcmd: a shell line, or a list of a command's words."""
    line = shlex.join(map(str, command)) if isinstance(command, list) else str(command)
    run_script(line, disk, variables)


def _write_file(entry: Any, disk: Disk) -> None:
    if not isinstance(entry, dict) or "path" not in entry:
        return disk.ignore(
            f"write_files: {entry}", "each entry of write_files needs path: and content:"
        )
    path, text = str(entry["path"]), str(entry.get("content", ""))
    encoding = str(entry.get("encoding", "text/plain")).lower()
    if encoding in {"b64", "base64"}:
        try:
            text = base64.b64decode(text, validate=False).decode("utf-8", "replace")
        except binascii.Error:
            return disk.ignore(
                f"write_files: {path}", "its content is not base64, as encoding: says"
            )
    elif encoding != "text/plain":
        return disk.ignore(
            f"write_files: {path}",
            f"the lab does not read encoding: {encoding}; use b64 or plain text",
        )
    return disk.write(path, text, append=bool(entry.get("append")))


def _settings(disk: Disk) -> dict[str, str]:
    """The settings in ecs.config as the agent's starter reads them.

    Each line is NAME=value, quotes are kept, and of two lines for one name the last one counts.
    https://github.com/aws/amazon-ecs-agent/blob/master/ecs-init/docker/docker.go (getEnvVars)
    """
    settings: dict[str, str] = {}
    for line in map(str.strip, disk.files.get(AGENT_CONFIG_FILE, "").split("\n")):
        name, equals, value = line.partition("=")
        if not line or line.startswith("#"):
            continue
        if UNKNOWN_OUTPUT in line:
            disk.ignore(
                line.replace(UNKNOWN_OUTPUT, "$(…)"),
                "the lab does not run $(…): write the value itself",
            )
        elif not equals:
            disk.ignore(line, f"a line of {AGENT_CONFIG_FILE} is NAME=value; this one has no =")
        elif not re.fullmatch(r"[A-Za-z_]\w*", name):
            disk.ignore(
                line,
                f"the agent takes {name!r} as the setting's name: write NAME=value and no more",
            )
        else:
            settings[name] = value
            if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
                disk.ignore(
                    line,
                    f"the agent does not take quotes off: the value is {value}, quotes and all",
                )
    return settings


def _first_line(payload: str) -> str:
    return next((line.strip() for line in payload.splitlines() if line.strip()), "")[:80]
