"""A mock exam in a notebook: it begins when the learner says so, and lives in the learner's store.

What goes to the browser before the end is the text of the question on show and of its neighbours,
and which questions are answered or flagged. The clock that is seen is the browser's; the one that
counts is in `Sitting`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path

from ecs_lab.exam import blueprints, paper, sitting, text
from ecs_lab.exam.paper import Mode, Wish
from ecs_lab.exam.scoring import ESTIMATE
from ecs_lab.exam.sitting import OverError, Sitting
from ecs_lab.progress import here
from ecs_lab.quiz import marks, own
from ecs_lab.quiz.text import LETTERS, summary
from ecs_lab.widgets.board import Board
from ecs_lab.widgets.exam_parts import fields_of, reasons
from ecs_lab.widgets.nodes import Node, button, buttons, element, fold, table
from ecs_lab.widgets.panel import style


def show(
    code: str,
    mode: str = "timed",
    *,
    section: str | int = "",
    topic: str = "",
    count: int | None = None,
    extra_minutes: int = 0,
    seed: int | None = None,
    files: own.Files = (),
) -> ExamBoard:
    """A mock exam like `code` ("SAA-C03", or "SPRINT"), which begins with its button.

    Modes: "timed", "final", "section", "topic", "missed", "review". `files` are questions of one's
    own beside the course's. Raises UnknownExamError, NoPaperError or CourseFileError, which say
    what to do.
    """
    chosen = Mode.SECTION if section and mode == "timed" else Mode(mode)
    chosen = Mode.TOPIC if topic and mode == "timed" else chosen
    wish = Wish(
        chosen, _seed() if seed is None else seed, str(section), topic, count, extra_minutes,
        marks.missed(here()), sitting.seen(),
    )  # fmt: skip
    named = own.listed(files)
    return ExamBoard(paper.draw(blueprints.find(code), own.with_own(named), wish), files=named)


class ExamBoard(Board):
    """First what the exam is like; then its questions, one by one; then its result and reasons."""

    _css = style("board") + (Path(__file__).parent / "exam.css").read_text("utf-8")

    def __init__(
        self,
        drawn: paper.Paper,
        clock: sitting.Clock = sitting.wall_clock,
        files: Sequence[Path] = (),
    ) -> None:
        """A paper to sit; `files` are own questions in it."""
        self._paper, self._clock, self._files = drawn, clock, files
        self._sitting: Sitting | None = None
        self._asking, self._at = False, 0
        still, _ = sitting.opened(here(), drawn.blueprint.code, clock)
        self._open = still[-1] if still else None
        super().__init__(f"Mock exam {sitting.title_of(drawn)}")
        self.show()

    # ------------------------------------------------------------------ what the learner does

    def actions(self) -> dict[str, Callable[[], None]]:
        """The buttons of the part that is on show."""
        found: dict[str, Callable[[], None]] = {
            "begin": self._begin, "resume": self._resume, "last": self._last, "save": self._save,
        }  # fmt: skip
        if self._sitting is not None:
            going = {f"go-{i}": partial(self._go, i) for i in range(len(self._sitting.items))}
            found |= going | {
                "previous": lambda: self._go(self._at - 1),
                "next": lambda: self._go(self._at + 1),
                "flag": self._flag,
                "check": self._check,
                "hand-in": partial(self._ask, asking=True),
                "not-yet": partial(self._ask, asking=False),
                "end": self._end,
                "over": lambda: self.show("Time is over."),
                "look": self.show,
            }
        return found

    def changed(self) -> None:
        """Keep what was chosen; in review mode that waits for Check."""
        now = self._running
        if now.mode is Mode.REVIEW:
            return
        try:
            for index in range(len(now.items)):
                if (chosen := self._drafted(index)) != now.chosen(index):
                    now.answer(index, chosen)
            self.show("")
        except OverError as error:
            self.show(str(error))

    @property
    def _running(self) -> Sitting:
        assert self._sitting is not None
        return self._sitting

    def _begin(self) -> None:
        if self._sitting is None and self._open is None:
            self._take(sitting.begin(self._paper, clock=self._clock, files=self._files))

    def _resume(self) -> None:
        if self._open is not None:
            self._take(self._open)

    def _last(self) -> None:
        over = [r for r in sitting.records(exam=self._paper.blueprint.code) if r.ended]
        if over:
            self._take(sitting.load(over[-1], clock=self._clock))

    def _take(self, found: Sitting) -> None:
        """From now on this exam is on show, with what is chosen in it."""
        self._sitting, self._at = found, found.position
        fields = [field for index in range(len(found.items)) for field in fields_of(index)]
        self._fields = {field.name: field for field in fields}
        self.values = {field.name: field.value for field in fields}
        for index in range(len(found.items)):
            self._draft(index)
        self.show("")

    def _go(self, index: int) -> None:
        last = len(self._running.items) - 1
        self._asking, self._at = index > last, max(0, min(index, last))
        self.show("" if self._asking else f"Question {self._at + 1} of {last + 1}.")

    def _flag(self) -> None:
        try:
            up = self._running.flag(self._at)
        except OverError as error:
            self.show(str(error))
        else:
            self.show("Flagged." if up else "Flag removed.")

    def _check(self) -> None:
        """In review mode: take the answer, and show the reasons."""
        now, chosen = self._running, self._drafted(self._at)
        wanted = now.items[self._at].question.select
        if now.mode is not Mode.REVIEW or now.chosen(self._at):
            return
        if len(chosen) != wanted:
            self.show(f"Choose {wanted}; you chose {len(chosen) or 'none'}.")
            return
        now.answer(self._at, chosen)
        self.show(summary(now.verdict(self._at)))

    def _ask(self, *, asking: bool) -> None:
        self._asking = asking
        self.show("")

    def _end(self) -> None:
        self._running.finish()
        self.show("The exam is over.")

    def _save(self) -> None:
        """Write the exam as a page into the folder that the notebook works in."""
        from ecs_lab.exam import report

        now = self._running
        begun = datetime.fromisoformat(now.record.begun).astimezone()
        path = Path(f"exam-{now.record.exam}-{begun:%Y%m%d-%H%M%S}.html")
        path.write_text(report.document(now, sitting.records()), "utf-8")
        self.show(f"Written: {path.resolve().name}, beside your notebook.")

    # ------------------------------------------------------------------ what is chosen

    def _drafted(self, index: int) -> tuple[int, ...]:
        """What stands in the fields of a question, in places as shown."""
        if self._running.items[index].question.select == 1:
            value = self.values[f"choice-{index}"]
            return (int(value),) if value else ()
        ticked = (place for place in range(7) if self.values[f"option-{index}-{place}"])
        return tuple(ticked)

    def _draft(self, index: int) -> None:
        """Bring the fields of a question in line with the sitting."""
        chosen = self._running.chosen(index)
        if self._running.items[index].question.select == 1:
            self.values[f"choice-{index}"] = str(chosen[0]) if chosen else ""
        for place in range(7):
            self.values[f"option-{index}-{place}"] = place in chosen

    # ------------------------------------------------------------------ what is shown

    def parts(self) -> list[Node]:
        """The lobby, the question on show, or the result."""
        if self._sitting is None:
            return self._lobby()
        if self._running.close_if_over():
            return self._result()
        return self._hand_in() if self._asking else self._question(self._at)

    def afterwards(self) -> None:
        """Keep where the learner is, which a busy disk takes its time for; send the neighbours."""
        now = self._sitting
        if now is None:
            return
        with suppress(OverError):  # it is told with whatever is done next
            now.look_at(self._at)
        near = {"previous": self._at - 1, "next": self._at + 1}
        going = not now.ended and not self._asking
        self.ahead = {
            name: self._question(at)
            for name, at in near.items()
            if going and 0 <= at < len(now.items)
        }

    def _lobby(self) -> list[Node]:
        today = self._clock().astimezone().date()
        told = [element("li", fact) for fact in text.facts(self._paper, today)]
        records = sitting.records(exam=self._paper.blueprint.code)
        over = [record for record in records if record.ended]
        pressing = [button("begin", "Begin", main=True)]
        parts = [element("ul", *told)]
        if self._open is not None:
            ends = f" It ends at {text.until(self._open)}." if self._open.deadline else ""
            open_title = self._open.record.title
            parts.append(element("p", f"You are in an exam already: {open_title}.{ends}"))
            pressing = [button("resume", "Go on with it", main=True)]
        if over:
            pressing.append(button("last", "Read the last one again"))
            lines = text.history_text(over).splitlines()
            parts.append(element("ul", *(element("li", line) for line in lines)))
        return [*parts, buttons(*pressing)]

    def _question(self, at: int) -> list[Node]:
        now = self._running
        last = len(now.items) - 1
        pressing = [button("previous", "Previous", off=at == 0),
                    button("next", "Next" if at < last else "To the end")]  # fmt: skip
        if now.mode is Mode.REVIEW and not now.chosen(at):
            pressing.insert(1, button("check", "Check", main=True))
        flag = button("flag", "Flag")
        flag["attributes"]["aria-pressed"] = str(now.flagged(at)).lower()
        told = reasons(now.verdict(at)) if now.mode is Mode.REVIEW and now.chosen(at) else []
        return [
            self._bar(f"Question {at + 1} of {last + 1}"),
            self._options(at),
            *told,
            buttons(*pressing, flag, button("hand-in", "Hand in")),
            fold("All questions", self._overview(), key="all"),
        ]

    def _bar(self, left: str) -> Node:
        """Where the learner is, and the time that is left."""
        ends = self._running.deadline
        if ends is None:
            return element("div", element("span", left), class_="bar-of-exam")
        timer = element(
            "span",
            text.left(self._running.left_s),
            role="timer",
            aria_label="Time left",
            data_ends=round(ends.timestamp() * 1000),
            data_now=round(self._clock().timestamp() * 1000),
        )
        shown = element("span", "Time left ", timer)
        return element("div", element("span", left), shown, class_="bar-of-exam")

    def _options(self, index: int) -> Node:
        item = self._running.items[index]
        question = item.question
        done = self._running.mode is Mode.REVIEW and bool(self._running.chosen(index))
        chosen = self._drafted(index)
        rows = []
        for place, option in enumerate(item.options):
            one = question.select == 1
            box = element(
                "input", name=f"choice-{index}" if one else f"option-{index}-{place}",
                type="radio" if one else "checkbox", value=place, checked=place in chosen,
                disabled=done,
            )  # fmt: skip
            if one:
                box["attributes"]["name"] = f"{self.model_id}-{index}"
            label = element("span", f"{LETTERS[place]}. {option.text}")
            rows.append(element("label", box, label, class_="choice"))
        legend = element("legend", f"{question.stem} {question.instruction}".strip())
        return element("fieldset", legend, *rows) | {"key": question.id}

    def _overview(self) -> Node:
        now = self._running
        pressing = []
        for index in range(len(now.items)):
            word = "answered" if now.chosen(index) else "blank"
            word += ", flagged" if now.flagged(index) else ""
            mark = f"{index + 1}{' ⚑' if now.flagged(index) else ''}"
            each = button(f"go-{index}", mark)
            each["attributes"] |= {"aria-label": f"Question {index + 1}, {word}"}
            if now.chosen(index):
                each["attributes"]["class"] = "done"
            pressing.append(each)
        return element("div", *pressing, class_="buttons all-questions")

    def _hand_in(self) -> list[Node]:
        blank, flagged = len(self._running.blanks), sum(
            self._running.flagged(index) for index in range(len(self._running.items))
        )  # fmt: skip
        end = button("end", "Hand in now", main=True)
        said = f"{blank} without an answer, {flagged} flagged. Blanks count as wrong."
        return [
            self._bar("Hand in?"),
            element("p", said),
            buttons(button("not-yet", "Back to the questions"), end),
            self._overview(),
        ]

    def _result(self) -> list[Node]:
        now = self._running
        result = now.result
        why = "Time was over. " if now.by_time else ""
        rows = [(s.name, f"{s.right} of {s.total}") for s in result.sections]
        return [
            element("p", element("strong", why + text.verdict_line(result))),
            element("p", f"{ESTIMATE} {blueprints.ECS_ONLY}"),
            table("Sections", ("Section", "Right"), rows),
            buttons(button("save", "Save as a page to print")),
            element("h5", "The questions, with their reasons"),
            *(self._reviewed(index) for index in range(len(now.items))),
        ]

    def _reviewed(self, index: int) -> Node:
        verdict, question = self._running.verdict(index), self._running.items[index].question
        word = "right" if verdict.correct else "wrong" if verdict.chosen else "blank"
        word += "" if self._running.counts(index) else ", did not count"
        stem = f"{question.stem} {question.instruction}".strip()
        head = f"Question {index + 1}: {word}"
        return fold(head, element("p", stem), *reasons(verdict), key=question.id)


def _seed() -> int:
    import random

    return random.randrange(1000, 10_000)
