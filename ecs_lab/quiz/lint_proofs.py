"""What is wrong with proofs before any is run: read from their code, which is quick.

Each question that names a proof must find it, each proof must be named by one question, speak of
options that are there, and say of at least one of them when it holds.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from ecs_lab.coursefile import CourseFileError, Problem, nearest
from ecs_lab.quiz import proofs, proving
from ecs_lab.quiz.model import Bank, Question, Topic


def lint(bank: Bank) -> list[Problem]:
    """All faults of the proofs of a bank."""
    return [problem for topic in bank.topics for problem in _topic(topic)]


def _topic(topic: Topic) -> Iterator[Problem]:
    folder = Path(topic.questions[0].file).parent
    path = proving.file_of(topic.name, folder)
    try:
        known = proving.load(topic.name, folder)
    except CourseFileError as error:
        yield from error.problems
        return
    pictures = proving.pictures(topic.name, folder)
    for question in topic.questions:
        if question.picture and question.picture not in pictures:
            fix = nearest(question.picture, pictures) if pictures else f"Write it in {path}."
            yield Problem(question.file, question.line, f"{question.id}.picture",
                          f"a function marked @picture of {path.name}", repr(question.picture),
                          fix)  # fmt: skip
    named = Counter(question.proof for question in topic.questions if question.proof)
    for question in topic.questions:
        if question.proof and question.proof not in known:
            fix = nearest(question.proof, known) if known else f"Write it in {path}."
            yield Problem(question.file, question.line, f"{question.id}.proof",
                          f"a function marked @proof of {path.name}", repr(question.proof),
                          fix)  # fmt: skip
    code = _functions(path) if known else {}
    for name, each in known.items():
        where = (each.file, each.line, name)
        if named[name] != 1:
            yield Problem(*where, "one question that names this proof", f"{named[name]}",
                          f"Write 'proof: {name}' in the question that it proves.")  # fmt: skip
            continue
        question = next(q for q in topic.questions if q.proof == name)
        yield from _faults(question, where, code[name])
        if not each.about:
            yield Problem(*where, "a docstring that says what is tried", "none", "Write one.")


def _functions(path: Path) -> dict[str, ast.FunctionDef]:
    tree = ast.parse(path.read_text("utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def _faults(
    question: Question, where: tuple[str, int, str], code: ast.FunctionDef
) -> Iterator[Problem]:
    calls = [node.func for node in ast.walk(code) if isinstance(node, ast.Call)]
    says = [call for call in calls if isinstance(call, ast.Attribute)]
    if not any(call.attr in {"holds_if", "values"} for call in says):
        yield Problem(*where, "a word on an option: option(...).holds_if(...)", "none",
                      "Say when the right option holds.")  # fmt: skip
    for start in _options_named(code):
        try:
            proofs.place_of(question, start)
        except proofs.ProofError as error:
            yield Problem(*where, f"options of {question.id}", str(error),
                          "Write how the option's text now begins.")  # fmt: skip


def _options_named(code: ast.FunctionDef) -> Iterator[str]:
    """The texts written out in `option("...")`; what a loop puts in is seen when it runs."""
    option = code.args.args[-1].arg if code.args.args else "option"
    for node in ast.walk(code):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        named, first = node.func, node.args[0]
        if isinstance(named, ast.Name) and named.id == option and isinstance(first, ast.Constant):
            yield str(first.value)
