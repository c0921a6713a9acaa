"""The commands that the lab's shell has, as a table of functions.

Each takes the shell, its arguments and its streams, and gives its exit code; what it does, it does
in the container: to its files, its environment and its output.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Callable

from ecs_lab.runtime.shell import clients, printing
from ecs_lab.runtime.shell.machine import Exit, Shell
from ecs_lab.runtime.shell.streams import Streams

Command = Callable[[Shell, list[str], Streams], int]
COMMANDS: dict[str, Command] = {}
UNITS_S = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
FOR_EVER_S = 10 * 365 * 86400.0


def command(*names: str) -> Callable[[Command], Command]:
    """Put a function into the table under its names."""

    def put(function: Command) -> Command:
        COMMANDS.update(dict.fromkeys(names, function))
        return function

    return put


COMMANDS.update(curl=clients.curl, wget=clients.wget, nc=clients.nc)


@command("true", ":", "set", "trap", "ulimit", "umask", "wait", "chmod", "chown", "sync")
def _true(shell: Shell, arguments: list[str], streams: Streams) -> int:
    """Does nothing, well."""
    return 0


@command("false")
def _false(shell: Shell, arguments: list[str], streams: Streams) -> int:
    return 1


@command("exit")
def _exit(shell: Shell, arguments: list[str], streams: Streams) -> int:
    raise Exit(int(arguments[0]) % 256 if arguments and arguments[0].isdecimal() else shell.code)


@command("echo")
def _echo(shell: Shell, arguments: list[str], streams: Streams) -> int:
    streams.out.write(shell.inside, printing.echo(arguments))
    return 0


@command("printf")
def _printf(shell: Shell, arguments: list[str], streams: Streams) -> int:
    streams.out.write(shell.inside, printing.printf(arguments))
    return 0


@command("env", "printenv")
def _env(shell: Shell, arguments: list[str], streams: Streams) -> int:
    """Shows the environment, or one variable of it."""
    environment = shell.inside.environment
    names = [each for each in arguments if not each.startswith("-")]
    if not names:
        lines = [f"{name}={value}\n" for name, value in environment.items()]
        streams.out.write(shell.inside, "".join(lines))
    for name in names:
        if name not in environment:
            return 1
        streams.out.write(shell.inside, environment[name] + "\n")
    return 0


@command("export")
def _export(shell: Shell, arguments: list[str], streams: Streams) -> int:
    """Puts variables into the environment: `export NAME=value`, or `export NAME`."""
    for each in arguments:
        name, has_value, value = each.partition("=")
        shell.inside.environment[name] = value if has_value else shell.value(name) or ""
        shell.variables.pop(name, None)
    return 0


@command("unset")
def _unset(shell: Shell, arguments: list[str], streams: Streams) -> int:
    for name in arguments:
        shell.variables.pop(name, None)
        shell.inside.environment.pop(name, None)
    return 0


@command("sleep")
def _sleep(shell: Shell, arguments: list[str], streams: Streams) -> int:
    """Sleeps in virtual time: seconds, or with s, m, h or d behind the number; `infinity`."""
    total_s = 0.0
    for each in arguments or [""]:
        found = re.fullmatch(r"(\d+(?:\.\d*)?|\.\d+)([smhd]?)", each)
        if found is not None:
            total_s += float(found[1]) * UNITS_S[found[2] or "s"]
        elif each in ("infinity", "inf"):
            total_s += FOR_EVER_S
        else:
            streams.err.write(shell.inside, f"sleep: invalid time interval '{each}'\n")
            return 1
    shell.inside.sleep(min(total_s, FOR_EVER_S))
    return 0


@command("date")
def _date(shell: Shell, arguments: list[str], streams: Streams) -> int:
    """The container's time: `+%s` and the like, or as POSIX shows it."""
    form = next(
        (each[1:] for each in arguments if each.startswith("+")), "%a %b %e %H:%M:%S UTC %Y"
    )
    now = shell.inside.now
    text = form.replace("%s", str(int(now.timestamp()))).replace("%e", f"{now.day:2}")
    streams.out.write(shell.inside, now.strftime(text) + "\n")
    return 0


@command("hostname")
def _hostname(shell: Shell, arguments: list[str], streams: Streams) -> int:
    streams.out.write(shell.inside, shell.inside.environment.get("HOSTNAME", "localhost") + "\n")
    return 0


@command("id")
def _id(shell: Shell, arguments: list[str], streams: Streams) -> int:
    who = shell.inside.files.identity
    streams.out.write(shell.inside, f"uid={who.uid} gid={who.gid}\n")
    return 0


@command("whoami")
def _whoami(shell: Shell, arguments: list[str], streams: Streams) -> int:
    uid = shell.inside.files.identity.uid
    if uid:
        streams.err.write(shell.inside, f"whoami: cannot find name for user ID {uid}\n")
        return 1
    streams.out.write(shell.inside, "root\n")
    return 0


@command("uname")
def _uname(shell: Shell, arguments: list[str], streams: Streams) -> int:
    streams.out.write(shell.inside, "Linux\n")
    return 0


@command("pwd")
def _pwd(shell: Shell, arguments: list[str], streams: Streams) -> int:
    streams.out.write(shell.inside, shell.path(".").removesuffix("/.") + "\n")
    return 0


@command("cd")
def _cd(shell: Shell, arguments: list[str], streams: Streams) -> int:
    path = shell.path(arguments[0] if arguments else "/root")
    if not shell.inside.files.is_dir(path):
        streams.err.write(shell.inside, f"cd: {arguments[0]}: No such file or directory\n")
        return 2
    shell.folder = path
    return 0


@command("cat")
def _cat(shell: Shell, arguments: list[str], streams: Streams) -> int:
    names = [each for each in arguments if not each.startswith("-")]
    if not names:
        streams.out.write(shell.inside, streams.data)
    for name in names:
        streams.out.write(shell.inside, shell.inside.files.read_text(shell.path(name)))
    return 0


@command("tee")
def _tee(shell: Shell, arguments: list[str], streams: Streams) -> int:
    mode = "a" if "-a" in arguments else "w"
    streams.out.write(shell.inside, streams.data)
    for name in arguments:
        if not name.startswith("-"):
            with shell.inside.files.open(shell.path(name), mode) as file:
                file.write(streams.data)  # type: ignore[call-overload] # a text file
    return 0


@command("ls")
def _ls(shell: Shell, arguments: list[str], streams: Streams) -> int:
    files = shell.inside.files
    long = any(each.startswith("-") and "l" in each for each in arguments)
    for name in [each for each in arguments if not each.startswith("-")] or ["."]:
        path = shell.path(name)
        inside = files.listdir(path) if files.is_dir(path) else [name]
        if not files.is_dir(path):
            files.stat(path)
        for each in inside:
            found = (
                files.stat(shell.path(name) + f"/{each}")
                if files.is_dir(path)
                else files.stat(path)
            )
            line = f"{stat.filemode(found.st_mode)} {found.st_uid:5} {found.st_size:8} {each}"
            streams.out.write(shell.inside, (line if long else each) + "\n")
    return 0


@command("mkdir")
def _mkdir(shell: Shell, arguments: list[str], streams: Streams) -> int:
    parents = any(each.startswith("-") and "p" in each for each in arguments)
    for name in arguments:
        if not name.startswith("-"):
            shell.inside.files.makedirs(shell.path(name), exist_ok=parents)
    return 0


@command("touch")
def _touch(shell: Shell, arguments: list[str], streams: Streams) -> int:
    for name in arguments:
        if not name.startswith("-"):
            shell.inside.files.open(shell.path(name), "a").close()
    return 0


@command("rm", "rmdir")
def _rm(shell: Shell, arguments: list[str], streams: Streams) -> int:
    """Removes files and, with -r, folders with what is in them."""
    flags = "".join(each[1:] for each in arguments if each.startswith("-"))
    for name in arguments:
        path = shell.path(name)
        if name.startswith("-") or ("f" in flags and not shell.inside.files.exists(path)):
            continue
        if "r" in flags.lower():
            _empty(shell, path)
        shell.inside.files.remove(path)
    return 0


def _empty(shell: Shell, path: str) -> None:
    files = shell.inside.files
    for each in files.listdir(path) if files.is_dir(path) else []:
        _empty(shell, f"{path}/{each}")
        files.remove(f"{path}/{each}")


@command("cp")
def _cp(shell: Shell, arguments: list[str], streams: Streams) -> int:
    """Copies files."""
    *sources, target = [each for each in arguments if not each.startswith("-")] or [""]
    for name in sources:
        data = shell.inside.files.read_bytes(shell.path(name))
        shell.inside.files.write_bytes(_target(shell, name, target), data)
    return 0 if sources else 1


@command("mv")
def _mv(shell: Shell, arguments: list[str], streams: Streams) -> int:
    """Moves files, also from one file system to another."""
    *sources, target = [each for each in arguments if not each.startswith("-")] or [""]
    for name in sources:
        data = shell.inside.files.read_bytes(shell.path(name))
        shell.inside.files.write_bytes(_target(shell, name, target), data)
        shell.inside.files.remove(shell.path(name))
    return 0 if sources else 1


def _target(shell: Shell, name: str, target: str) -> str:
    """Where a file goes: to the target, or into it where that is a folder."""
    path = shell.path(target)
    return f"{path}/{name.rpartition('/')[2]}" if shell.inside.files.is_dir(path) else path


@command("grep")
def _grep(shell: Shell, arguments: list[str], streams: Streams) -> int:
    """Lines with a pattern: of files or of what is read; -q, -i, -v."""
    flags = "".join(each[1:] for each in arguments if each.startswith("-"))
    rest = [each for each in arguments if not each.startswith("-")]
    if not rest:
        return 2
    text = streams.data
    if len(rest) > 1:
        text = "".join(shell.inside.files.read_text(shell.path(each)) for each in rest[1:])
    wanted = rest[0].lower() if "i" in flags else rest[0]
    found = [
        line
        for line in text.splitlines()
        if (wanted in (line.lower() if "i" in flags else line)) != ("v" in flags)
    ]
    if "q" not in flags:
        streams.out.write(shell.inside, "".join(f"{line}\n" for line in found))
    return 0 if found else 1


@command("break")
def _break(shell: Shell, arguments: list[str], streams: Streams) -> int:
    shell.leave_loop(again=False)
    return 0


@command("continue")
def _continue(shell: Shell, arguments: list[str], streams: Streams) -> int:
    shell.leave_loop(again=True)
    return 0


@command("tail")
def _tail(shell: Shell, arguments: list[str], streams: Streams) -> int:
    """The last ten lines, or `-n` of them; `tail -f` waits for ever."""
    if any(each.startswith("-") and "f" in each.lower() for each in arguments):
        shell.inside.sleep(FOR_EVER_S)
        return 0
    count = next((abs(int(each)) for each in arguments if each.lstrip("-").isdecimal()), 10)
    names = [each for each in arguments if not each.lstrip("-").isdecimal() and each[:1] != "-"]
    text = "".join(shell.inside.files.read_text(shell.path(each)) for each in names)
    lines = (text if names else streams.data).splitlines(keepends=True)
    streams.out.write(shell.inside, "".join(lines[-count:]))
    return 0


@command("top", "yes", "watch", "read")
def _wait(shell: Shell, arguments: list[str], streams: Streams) -> int:
    """Goes on until it is stopped."""
    shell.inside.sleep(FOR_EVER_S)
    return 0


@command("exec", "command", "nohup", "sudo")
def _exec(shell: Shell, arguments: list[str], streams: Streams) -> int:
    """Runs the rest as a command."""
    return shell.run(arguments, streams, {}) if arguments else 0


@command("sh", "bash", "ash")
def _sh(shell: Shell, arguments: list[str], streams: Streams) -> int:
    """`sh -c script`: a shell in the shell, run to its end."""
    if len(arguments) < 2 or "c" not in arguments[0]:
        return 0
    inner = Shell(shell.inside, streams=streams, folder=shell.folder, unknown=shell.unknown)
    inner.arguments = arguments[2:] or ["sh"]
    inner.begin(arguments[1])
    inner.go_on(pausing=False)
    return inner.code


@command("test", "[")
def _test(shell: Shell, arguments: list[str], streams: Streams) -> int:
    """`test`: of files (-e, -f, -d, -s), texts (-n, -z, =, !=) and numbers (-eq, -lt, ...)."""
    words = arguments[:-1] if arguments and arguments[-1] == "]" else arguments
    if words and words[0] == "!":
        return 1 - min(1, _test(shell, words[1:], streams))
    return 0 if _holds(shell, words) else 1


def _holds(shell: Shell, words: list[str]) -> bool:
    files = shell.inside.files
    match words:
        case []:
            return False
        case [text]:
            return bool(text)
        case ["-n", text]:
            return bool(text)
        case ["-z", text]:
            return not text
        case ["-e" | "-r" | "-w" | "-x", name]:
            return files.exists(shell.path(name))
        case ["-f", name]:
            return files.is_file(shell.path(name))
        case ["-d", name]:
            return files.is_dir(shell.path(name))
        case ["-s", name]:
            return files.is_file(shell.path(name)) and files.stat(shell.path(name)).st_size > 0
        case [left, "=" | "==", right]:
            return left == right
        case [left, "!=", right]:
            return left != right
        case [left, operator, right] if operator in COMPARED:
            return COMPARED[operator](_whole(left), _whole(right))
    return False


COMPARED: dict[str, Callable[[int, int], bool]] = {
    "-eq": int.__eq__,
    "-ne": int.__ne__,
    "-lt": int.__lt__,
    "-le": int.__le__,
    "-gt": int.__gt__,
    "-ge": int.__ge__,
}


def _whole(text: str) -> int:
    return int(text) if text.lstrip("-").isdecimal() else 0
