"""A deployment step by step: Run, Run all, Back, Reset; each step's code to read and to change,
its requests and answers, and the picture with what is new in it.

    steps = lab.steps("fargate-alb")
    steps.run()
    steps.back()
    print(steps.script)

Python holds the state, the browser only shows it. Where widgets do not run, the same panel is all
steps as HTML or text: those that were run with what they did, the others with what they would do.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ecs_lab.diagram import can_render
from ecs_lab.steps import shelf
from ecs_lab.steps.player import Done, Player, preview
from ecs_lab.steps.script import Step, written
from ecs_lab.widgets import steps_parts as pieces
from ecs_lab.widgets.board import Board
from ecs_lab.widgets.fields import Text
from ecs_lab.widgets.nodes import Node, button, buttons, element, fold, to_html, to_text
from ecs_lab.widgets.picture import picture
from ecs_lab.widgets.progress import shown_in

if TYPE_CHECKING:
    from ecs_lab.diagram import Picture
    from ecs_lab.lab import Lab

NO_WAY_BACK = "This lab cannot go back: its account lives in another process."
ASK = "Other cells went on in this lab since. Press {} once more to undo what they did as well."


def show(name: str | Path, lab: Lab) -> StepBuilder:
    """The panel of a deployment of the package, or of a file of one's own (`mine.py`).

    Raises UnknownStepsError, which names the nearest, or ScriptError.
    """
    return StepBuilder(name, lab)


class StepBuilder(Board):
    """The steps of a deployment in a lab."""

    def __init__(self, name: str | Path, lab: Lab) -> None:
        self._own_file = shelf.is_own(name)
        self._player = Player(lab, shelf.load(name))
        self._asked = ""
        self._running = 0
        self._listed: set[int] = set()
        self._as_script = False
        self._sent: tuple[int, int] | None = None
        self._drawn: tuple[Picture, list[Node]] | None = None
        fields = [
            Text(
                pieces.field_of(number), f"Code of step {number}", step.code, pieces.rows(step.code)
            )
            for number, step in enumerate(self._player.script.steps, 1)
        ]
        super().__init__(self._player.script.title, fields)
        self.show()

    # ------------------------------------------------------------------ what one does with it

    def run(self) -> bool:
        """Run the next step; whether it worked."""
        number = self._next
        if self._player.finished:
            self.show("All steps are done.")
            return False
        worked = self._run_one()
        self.show(self._news(number) if worked else self._mistake(number))
        return worked

    def run_all(self) -> bool:
        """Run all steps that are left, as far as they work; whether all are done."""
        first = self._next
        while not self._player.finished:
            number = self._next
            if not self._run_one():
                self.show(self._mistake(number))
                return False
        ran = self._next > first
        self.show(f"Steps {first} to {self._count} done." if ran else "All steps are done.")
        return True

    def back(self) -> None:
        """Take the last step back: the lab is as it was before it, the code stays as it is."""
        self._go_back("Back", len(self._player.done) - 1, self._player.back)

    def reset(self) -> None:
        """Take all steps back; changes of the code stay."""
        self._go_back("Reset", 0, self._player.reset)

    @property
    def script(self) -> str:
        """All steps, as they are now, as a Python script; `lab.steps` opens such a file again."""
        return written(self._player.script, self._player.codes)

    def save(self, path: str | Path) -> Path:
        """Write the script to a file that does not exist yet; raises FileExistsError."""
        target = Path(path)
        try:
            with target.open("x", encoding="utf-8") as file:
                file.write(self.script)
        except FileExistsError:
            raise FileExistsError(
                f"{target} exists already and was left alone: choose another name."
            ) from None
        return target

    # ------------------------------------------------------------------ what a board says

    def actions(self) -> dict[str, Callable[[], object]]:
        """The four buttons, and those of single steps."""
        all_of_them: dict[str, Callable[[], object]] = {
            "run": self.run, "all": self.run_all, "back": self.back, "reset": self.reset,
            "script": self._toggle_script,
        }  # fmt: skip
        for number in range(1, self._count + 1):
            all_of_them[f"calls-{number}"] = partial(self._toggle_calls, number)
            all_of_them[f"original-{number}"] = partial(self._original, number)
        return all_of_them

    def show(self, notice: str | None = None) -> None:
        """Show what there is now; a question whether to go back is over with it."""
        self._asked = ""
        super().show(notice)

    def changed(self) -> None:
        """The code of a step is another."""
        self._player.codes = [self.values[pieces.field_of(n)] for n in range(1, self._count + 1)]
        self.show()

    def parts(self) -> list[Node]:
        """Where one is, the buttons, the steps, and the picture."""
        script = self._player.script
        return [
            *([element("p", script.about)] if script.about else []),
            self._progress(),
            self._buttons(),
            *self._script_part(),
            *([fold("What all steps use", element("pre", script.setup), key="setup")]
              if script.setup else []),
            element("ol", *(self._step(n, s) for n, s in enumerate(script.steps, 1)),
                    class_="steps"),
            *self._picture_part(),
        ]  # fmt: skip

    # ------------------------------------------------------------------ pieces of it

    @property
    def _count(self) -> int:
        return len(self._player.codes)

    @property
    def _next(self) -> int:
        """The number of the step that is next, from 1."""
        return len(self._player.done) + 1

    def _progress(self) -> Node:
        done = len(self._player.done)
        bar = element("progress", max=self._count, value=done, aria_label="Steps done")
        if not self._running:
            return element("p", bar, f" {done} of {self._count} steps done")
        words = f" Running step {self._running} of {self._count} ..."
        if self._sent is None:
            return element("p", bar, words)
        sent, total = self._sent
        load = element("progress", max=total, value=sent, aria_label="Requests sent")
        return element("p", bar, words, " ", load, f" {sent:,} of {total:,} requests")

    def _buttons(self) -> Node:
        done, player = len(self._player.done), self._player
        run = "Run" if player.finished else f"Run step {self._next}"
        stuck = done == 0 or not player.can_go_back
        return buttons(
            button("run", run, main=True, off=player.finished),
            button("all", "Run all", off=player.finished),
            button("back", "Back", off=stuck),
            button("reset", "Reset", off=stuck),
            pieces.toggle("script", "As a script", self._as_script),
        )

    def _script_part(self) -> list[Node]:
        if not self._as_script:
            return []
        text = element(
            "textarea", self.script, rows=12, readonly=True, spellcheck="false", wrap="off",
            aria_label="All steps as a script",
        )  # fmt: skip
        how = "Copy it into a file such as mine.py: lab.steps('mine.py') opens it again, and "
        how += "python mine.py runs it by itself."
        return [element("p", how), text]

    def _picture_part(self) -> list[Node]:
        done = len(self._player.done)
        title = f"After step {done}" if done else "Before the first step"
        if self._drawn is None or self._drawn[0] is not self._player.picture:
            self._drawn = self._player.picture, picture(self._player.picture)
        return [element("h5", title), *self._drawn[1]]

    def _step(self, number: int, step: Step) -> Node:
        state, look = self._state(number)
        opened = number == self._next or (number == self._next - 1 and self._player.failure is None)
        inside = [
            *(element("p", each) for each in step.text),
            *pieces.pages(step),
            self._editor(number),
            *self._result(number),
        ]
        head = element("summary", f"{number}. {step.title} ", element("em", state))
        details = element("details", head, *inside, open=opened) | {"key": f"step-{number}"}
        return element("li", details, class_=look, aria_current="step" if look == "next" else None)

    def _state(self, number: int) -> tuple[str, str]:
        if number < self._next:
            done = self._player.done[number - 1]
            edited = done.code != self._player.codes[number - 1]
            words = "done, and changed since: it counts when it is run again"
            return (words if edited else f"done, {done.seconds:.0f} s in the lab"), "passed"
        if number > self._next:
            return "", ""
        return ("did not work", "failed") if self._player.failure else ("next", "next")

    def _editor(self, number: int) -> Node:
        code = self._player.codes[number - 1]
        label = f"Code of step {number}"
        runs = "run" if number == self._next else None
        field = element("textarea", code, name=pieces.field_of(number), rows=pieces.rows(code),
                        spellcheck="false", wrap="off", aria_label=label, data_shift_enter=runs,
                        title="Shift and Enter run it" if runs else None)  # fmt: skip
        original = code == self._player.script.steps[number - 1].code
        undo = buttons(button(f"original-{number}", "Original code"))
        return element("div", field, *([] if original else [undo]), class_="code")

    def _result(self, number: int) -> list[Node]:
        failure = self._player.failure
        if number == self._next and failure is not None:
            why = element("p", str(failure), class_="failed")
            return [why, *pieces.output(failure.output), *self._calls(number)]
        if number < self._next:
            return [*pieces.output(self._player.done[number - 1].output), *self._calls(number)]
        return []

    def _calls(self, number: int) -> list[Node]:
        done, failure = self._player.done, self._player.failure
        calls = done[number - 1].calls if number < self._next else failure.calls if failure else ()
        return pieces.calls(number, calls, opened=number in self._listed)

    # ------------------------------------------------------------------ what buttons do

    def _run_one(self) -> bool:
        self._running = self._next
        self._listed.discard(self._next)
        self.show()
        try:
            with shown_in(self._bar):
                return self._player.run()
        finally:
            self._running, self._sent = 0, None

    def _bar(self, sent: int, total: int) -> None:
        """How far the load is that a step sends."""
        self._sent = sent, total
        self.show()

    def _go_back(self, name: str, number: int, go: Callable[[], None]) -> None:
        if number < 0 or not self._player.done:
            return self.show("No step is done yet.")
        if not self._player.can_go_back:
            return self.show(NO_WAY_BACK)
        if self._player.others_since(number) and self._asked != name:
            self.show(ASK.format(name))
            self._asked = name
            return None
        go()
        return self.show(f"The lab is as it was before step {number + 1}. It is {self._clock}.")

    def _toggle_calls(self, number: int) -> None:
        self._listed ^= {number}
        self.show()

    def _toggle_script(self) -> None:
        self._as_script = not self._as_script
        self.show("The script is shown below." if self._as_script else "The script is put away.")

    def _original(self, number: int) -> None:
        self.set(**{pieces.field_of(number): self._player.script.steps[number - 1].code})
        self.show(f"Step {number} has its original code again.")

    @property
    def _clock(self) -> str:
        return f"{self._player.lab.now:%H:%M:%S} in the lab"

    def _news(self, number: int) -> str:
        step, done = self._player.script.steps[number - 1], self._player.done[number - 1]
        return f"Step {number} done: {step.title}. In the picture: {pieces.changes(done)}."

    def _mistake(self, number: int) -> str:
        failure = self._player.failure
        return f"Step {number} did not work. {failure.sentence if failure else ''}"

    # ------------------------------------------------------------------ without widgets

    def as_html(self) -> str:
        """All steps with their code, what they did or would do, and the picture after each."""
        heading = element("h4", self.title)
        inside = to_html([heading, *self._static(in_words=not can_render())])
        return f'<style>{self._css}</style><div class="ecs-lab-panel ecs-lab-board">{inside}</div>'

    def as_text(self) -> str:
        """The same in words."""
        return f"{self.title}\n{to_text(self._static(in_words=True))}"

    def _static(self, *, in_words: bool) -> list[Node]:
        script, outcomes = self._player.script, self._outcomes()
        nodes = [element("p", script.about)] if script.about else []
        nodes += [element("pre", script.setup)] if script.setup else []
        for number, step in enumerate(script.steps, 1):
            nodes += [
                element("h5", f"{number}. {step.title}"),
                *(element("p", each) for each in step.text),
            ]
            nodes += [
                *pieces.pages(step, in_words=in_words),
                element("pre", self._player.codes[number - 1]),
            ]
            if number <= len(outcomes):
                nodes += pieces.outcome(outcomes[number - 1], in_words=in_words)
            if number == self._next and self._player.failure is not None:
                nodes.append(element("p", str(self._player.failure), class_="failed"))
        return nodes

    def _outcomes(self) -> list[Done]:
        """What the steps did; for a deployment of the package, also what the next ones will do."""
        done, script = list(self._player.done), self._player.script
        as_given = [step.code for step in script.steps] == self._player.codes
        if as_given and not self._own_file and self._player.can_go_back:
            with suppress(RuntimeError):
                done += preview(script.name)[len(done) :]
        return done
