"""curl, wget and nc: requests from a shell in a container.

Exit codes and texts: https://curl.se/docs/manpage.html and
https://www.gnu.org/software/wget/manual/html_node/Exit-Status.html
"""

from __future__ import annotations

from http.client import responses
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ecs_lab.runtime.inside import NotHttpError, UnreachableError
from ecs_lab.runtime.messages import Response

if TYPE_CHECKING:
    from ecs_lab.runtime.shell.machine import Shell
    from ecs_lab.runtime.shell.streams import Streams

CURL_WITH_VALUE = {
    "-X", "--request", "-H", "--header", "-d", "--data", "--data-raw", "-o", "--output", "-w",
    "--write-out", "-m", "--max-time", "--connect-timeout", "--retry", "--retry-delay", "-u",
    "--user", "-A", "--user-agent", "--retry-max-time", "-b", "--cookie",
}  # fmt: skip
WGET_WITH_VALUE = {"-O", "-T", "-t", "--timeout", "--tries", "--header", "-o", "-U"}
NO_ANSWER, NOT_HTTP, REFUSED = 7, 1, 22


def curl(shell: Shell, arguments: list[str], streams: Streams) -> int:
    """Send a request and print what comes; -f, -s, -S, -o, -X, -H, -d, -w, -I and -i count."""
    options, rest = _options(arguments, CURL_WITH_VALUE)
    if not rest:
        streams.err.write(shell.inside, "curl: try 'curl --help' for more information\n")
        return 2
    method = _last(options, "-X", "--request")
    body = "&".join(
        options.get("-d", []) + options.get("--data", []) + options.get("--data-raw", [])
    )
    head = "-I" in options or "--head" in options
    method = method or ("HEAD" if head else "POST" if body else "GET")
    try:
        response = shell.inside.request(method, _url(rest[0]), _headers(options), body)
    except NotHttpError:
        return _curl_says(shell, options, streams, NOT_HTTP, "Received HTTP/0.9 when not allowed")
    except UnreachableError as error:
        return _curl_says(shell, options, streams, NO_ANSWER, f"Failed to connect: {error}")
    fails = response.status >= 400 and ("-f" in options or "--fail" in options)
    if fails:
        text = f"The requested URL returned error: {response.status}"
        return _curl_says(shell, options, streams, REFUSED, text)
    shown = _head(response) if head or "-i" in options or "--include" in options else ""
    shown += "" if head else response.text
    _deliver(shell, streams, _last(options, "-o", "--output"), shown)
    form = _last(options, "-w", "--write-out")
    if form:
        code = f"{response.status:03}"
        streams.out.write(shell.inside, form.replace("%{http_code}", code).replace("\\n", "\n"))
    return 0


def _curl_says(
    shell: Shell, options: dict[str, list[str]], streams: Streams, code: int, text: str
) -> int:
    silent = ("-s" in options or "--silent" in options) and not (
        "-S" in options or "--show-error" in options
    )
    if not silent:
        streams.err.write(shell.inside, f"curl: ({code}) {text}\n")
    return code


def wget(shell: Shell, arguments: list[str], streams: Streams) -> int:
    """Fetch a file: 4 where nobody answers, 8 for an answer that is an error; -q, -O, --spider."""
    options, rest = _options(arguments, WGET_WITH_VALUE)
    if not rest:
        return 2
    url = _url(rest[0])
    quiet = "-q" in options or "--quiet" in options
    try:
        response = shell.inside.get(url, _headers(options))
    except (NotHttpError, UnreachableError) as error:
        if not quiet:
            streams.err.write(shell.inside, f"wget: can't connect to remote host: {error}\n")
        return 4
    if response.status >= 400:
        if not quiet:
            text = f"{response.status} {responses.get(response.status, '')}"
            streams.err.write(shell.inside, f"wget: server returned error: HTTP/1.1 {text}\n")
        return 8
    if "--spider" not in options:
        name = urlsplit(url).path.rpartition("/")[2] or "index.html"
        where = _last(options, "-O") or name
        _deliver(shell, streams, "" if where == "-" else where, response.text)
    return 0


def nc(shell: Shell, arguments: list[str], streams: Streams) -> int:
    """`nc -z host port`: whether somebody listens there."""
    words = [each for each in arguments if not each.startswith("-")]
    if len(words) < 2 or not words[-1].isdecimal():
        return 1
    try:
        shell.inside.get(f"http://{words[-2]}:{words[-1]}/")
    except NotHttpError:
        return 0
    except UnreachableError:
        return 1
    return 0


def _options(arguments: list[str], with_value: set[str]) -> tuple[dict[str, list[str]], list[str]]:
    """The options by name, with their values, and what is none; -fsS is -f -s -S."""
    options: dict[str, list[str]] = {}
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        if not word.startswith("-") or word == "-":
            rest.append(word)
        elif word.startswith("--"):
            name, _, value = word.partition("=")
            values = options.setdefault(name, [])
            if value or name in with_value:
                values.append(value or next(words, ""))
        else:
            _short(word, words, options, with_value)
    return options, rest


def _short(word: str, words: object, options: dict[str, list[str]], with_value: set[str]) -> None:
    for index, letter in enumerate(word[1:], 1):
        values = options.setdefault(f"-{letter}", [])
        if f"-{letter}" in with_value:
            values.append(word[index + 1 :] or next(words, ""))  # type: ignore[call-overload] # an iterator of texts
            return


def _last(options: dict[str, list[str]], *names: str) -> str:
    values = [value for name in names for value in options.get(name, [])]
    return values[-1] if values else ""


def _headers(options: dict[str, list[str]]) -> dict[str, str]:
    pairs = [each.partition(":") for each in options.get("-H", []) + options.get("--header", [])]
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _url(text: str) -> str:
    return text if "://" in text else f"http://{text}"


def _head(response: Response) -> str:
    lines = [f"HTTP/1.1 {response.status} {responses.get(response.status, '')}"]
    lines += [f"{name}: {value}" for name, value in response.headers.items()]
    return "\n".join([*lines, "", ""])


def _deliver(shell: Shell, streams: Streams, path: str, text: str) -> None:
    if path and path != "/dev/null":
        shell.inside.files.write_text(shell.path(path), text)
    elif not path:
        streams.out.write(shell.inside, text)
