r"""An error in a step's code as one sentence, with the line where it happened.

>>> try:
...     exec(compile("ecs = 1\nprint(esc)", "<step 1>", "exec"), {})
... except NameError as error:
...     told(error, "<step 1>", ["ecs", "lab"])
"Line 2: name 'esc' is not defined. Did you mean 'ecs'?"
"""

from __future__ import annotations

from collections.abc import Iterable

from botocore.exceptions import ClientError

from ecs_lab.coursefile import nearest


def told(error: BaseException, label: str, known: Iterable[str]) -> str:
    """What went wrong, in one sentence; `label` is the file name the code was compiled under."""
    if isinstance(error, SyntaxError) and error.filename == label:
        return f"Line {error.lineno}: Python cannot read this: {error.msg}."
    line = _line(error, label)
    what = _what(error, known)
    return f"Line {line}: {what}" if line else what


def _line(error: BaseException, label: str) -> int:
    """The last line of the step's own code on the way to the error; 0 where there is none."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == label:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _what(error: BaseException, known: Iterable[str]) -> str:
    match error:
        case ClientError():
            why = error.response["Error"]
            return f"AWS refuses {error.operation_name} with {why['Code']}: {why['Message']}"
        case NameError():
            return f"{_sentence(str(error))} {nearest(str(error.name), known)}"
        case KeyboardInterrupt():
            return "you stopped it."
        case SystemExit():
            return "the code asked Python to end, which a step cannot do."
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {_sentence(text)}" if text else f"{type(error).__name__}."


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
