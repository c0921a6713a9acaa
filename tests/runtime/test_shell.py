"""The lab's shell: what a line prints, and how it ends."""

from __future__ import annotations

import pytest
from places import place

from ecs_lab.runtime.shell import Shell, Unknown, run


@pytest.mark.parametrize(
    ("line", "printed", "code"),
    [
        ("echo hello", "hello\n", 0),
        ("echo 'a  b' \"$COLOUR\" '$COLOUR' \\$COLOUR", "a  b red $COLOUR $COLOUR\n", 0),
        ("echo a; false; echo b", "a\nb\n", 0),
        ("false || echo or", "or\n", 0),
        ("false && echo and", "", 1),
        ("true && false || exit 4; echo never", "", 4),
        ("! false", "", 0),
        ("X=5; echo $X ${X} ${Y:-none} ${#X}", "5 5 none 1\n", 0),
        ("X='a b'; for each in $X \"$X\"; do echo [$each]; done", "[a]\n[b]\n[a b]\n", 0),
        ("i=0; while [ $i -lt 3 ]; do i=$((i+1)); echo $i; done", "1\n2\n3\n", 0),
        ("until test -f /ready; do touch /ready; done; ls /ready", "/ready\n", 0),
        ("if test -d /nowhere; then echo yes; else echo no; fi", "no\n", 0),
        (
            "for i in 1 2 3 4; do [ $i = 2 ] && continue; [ $i = 4 ] && break; echo $i; done",
            "1\n3\n",
            0,
        ),
        ("echo one > /a; echo two >> /a; cat /a", "one\ntwo\n", 0),
        ("cat /missing", "cat: /missing: No such file or directory\n", 1),
        ("cat /missing 2>/dev/null || echo gone", "gone\n", 0),
        ("echo error >&2", "error\n", 0),
        ("echo quiet > /dev/null 2>&1", "", 0),
        ("echo 2 > /number; cat /number", "2\n", 0),
        ("mkdir -p /a/b && cd /a && touch c && ls && pwd", "b\nc\n/a\n", 0),
        ("rm -rf /a; mkdir /a; echo x > /a/b; rm -r /a; ls / | grep a", "", 1),
        ("echo $(echo inner) `echo back` \"$(printf '%s-%s' a b)\"", "inner back a-b\n", 0),
        ("(X=inner; exit_code=1; echo $X); echo [$X]", "inner\n[]\n", 0),
        ("{ echo a; echo b; } | grep b", "b\n", 0),
        ("{ echo a; echo b; } > /both; cat /both", "a\nb\n", 0),
        ("printenv COLOUR; COLOUR=blue; export COLOUR; printenv COLOUR", "red\nblue\n", 0),
        ("hostname; whoami; id", "ip-10-0-0-4\nroot\nuid=0 gid=0\n", 0),
        ("date +%Y-%m-%d", "2001-09-09\n", 0),
        ("echo a # a comment", "a\n", 0),
        ("sh -c 'echo $0 $1' name word", "name word\n", 0),
        ("exit 300", "", 44),
        ("false; exit", "", 1),
        (
            "curl -f http://localhost/missing",
            "curl: (22) The requested URL returned error: 404\n",
            22,
        ),
        ("curl -s http://localhost:8080 || echo $?", "7\n", 0),
        ("curl -s localhost/", "hello\n", 0),
        ("curl -s -o /dev/null -w '%{http_code}' http://localhost/missing", "404", 0),
        ("curl -s -X POST -d a=1 http://localhost/", "hello\na=1", 0),
        ("wget -q -O - localhost/", "hello\n", 0),
        ("wget -q localhost/ && cat index.html", "hello\n", 0),
        ("wget -q http://localhost/missing", "", 8),
        ("nc -z localhost 80 && nc -z localhost 6379", "", 0),
        ("nc -z localhost 81", "", 1),
        ("my-own-program --all", "sh: my-own-program: not found\n", 127),
        ("echo 'open", "sh: no ' that closes\n", 2),
        ("if true; then", 'sh: Syntax error: "end of file" unexpected (expecting "fi")\n', 2),
        ("echo $((2 + 3 * 4)) $((7 / 2)) $((1 < 2))", "14 3 1\n", 0),
    ],
)
def test_a_line_prints_and_ends_as_in_a_posix_shell(line: str, printed: str, code: int) -> None:
    """Words, variables, loops, files, pipes, substitutions, requests and errors."""
    inside, _ = place()
    result = run(inside, line)
    assert (result.output, result.exit_code) == (printed, code)


def test_sleep_takes_virtual_time() -> None:
    """All sleeps of a line add up."""
    inside, _ = place()
    assert run(inside, "sleep 2; sleep 1m && sleep 0.5").took_s == 62.5
    assert inside.slept_s == 0.0


@pytest.mark.parametrize(
    "line",
    [
        "while true; do :; done",
        "x=a; while true; do x=$x$x; done",
        "echo $((9999999 * 9999999 * 9999999))",
        "(" * 200 + "true" + ")" * 200,
        "while true; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done",
        "f=$(while true; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done)",
    ],
)
def test_a_script_that_never_ends_or_grows_without_end_is_stopped(line: str) -> None:
    """With an exit code that is not 0, and a word about why."""
    inside, _ = place()
    result = run(inside, line)
    assert result.exit_code != 0
    assert len(result.output) < 2_000_000


def test_a_script_stops_at_each_sleep_and_goes_on() -> None:
    """In between it is a plain value, which goes on in a copy too."""
    inside, world = place()
    shell = Shell(inside)
    shell.begin("for i in 1 2; do echo $i; sleep 5; done; exit 3")
    assert shell.go_on() == 5.0
    inside.slept_s = 0.0
    assert shell.go_on() == 5.0
    inside.slept_s = 0.0
    assert shell.go_on() is None
    assert ([line for _, line in world.lines], shell.code) == (["1", "2"], 3)


def test_a_program_that_the_shell_does_not_have_is_left_to_whoever_runs_the_script() -> None:
    """What came before it has happened."""
    inside, world = place()
    shell = Shell(inside)
    shell.begin("echo starting && exec my-server --port 80")
    with pytest.raises(Unknown, match="my-server --port 80"):
        shell.go_on()
    assert world.lines == [(0.0, "starting")]
