"""Time control: play, pause, step and jump in a lab's virtual time, with the timeline below."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ecs_lab.widgets.board import Board
from ecs_lab.widgets.fields import Choice, Flag
from ecs_lab.widgets.nodes import Node, button, buttons, element
from ecs_lab.widgets.picture import picture
from ecs_lab.widgets.timeline import readable, short

if TYPE_CHECKING:
    from ecs_lab.desk import Lab

TICK_S = 1.0
"""Seconds of the learner's time between two steps while it plays."""

OVER = "Nothing more is going to happen by itself."

_STEP = Choice("step", "A step is", "10", [
    ("1", "1 second"), ("10", "10 seconds"), ("30", "30 seconds"), ("60", "1 minute"),
    ("600", "10 minutes"),
])  # fmt: skip
_PICTURE = Flag("picture", "Show the picture")


class TimeControl(Board):
    """Moves the clock of a lab and shows what happens meanwhile."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._seen = len(lab.timeline())
        super().__init__("Time in the lab", [_STEP, _PICTURE])
        self.show()

    def actions(self) -> dict[str, Callable[[], None]]:
        """Play and Pause, the ticks in between, Step, the jump, and Settle."""
        return {
            "play": self._play,
            "tick": self._tick,
            "step": lambda: self._pass(float(self.values["step"])),
            "jump": self._jump,
            "settle": self._settle,
        }

    def changed(self) -> None:
        """With or without the picture."""
        self.show()

    def parts(self) -> list[Node]:
        """The clock, the buttons, the timeline, and the picture if it is wanted."""
        clock = element(
            "p", "It is ", element("strong", f"{self._lab.now:%H:%M:%S}"), " UTC in the lab."
        )
        plays = self.ticking > 0
        pressing = buttons(
            button("play", "Pause" if plays else "Play", main=True),
            button("step", "Step"),
            button("jump", "Next event"),
            button("settle", "Until all is quiet"),
        )
        fields = element("div", self.field("step"), self.field("picture"), class_="fields")
        drawn = picture(self._lab.diagram()) if self.values["picture"] else []
        return [clock, fields, pressing, *self._lab.timeline().nodes(), *drawn]

    def _play(self) -> None:
        self.ticking = 0.0 if self.ticking else TICK_S
        self.show("Playing." if self.ticking else "Paused.")

    def _tick(self) -> None:
        """One step while it plays; it pauses by itself once nothing is left to happen."""
        if not self.ticking:  # a tick that was under way when Pause was pressed
            return
        if self._lab.world.next_happening_s() is None:
            self.ticking = 0.0
            self.show(OVER)
        else:
            self._pass(float(self.values["step"]))

    def _jump(self) -> None:
        seconds = self._lab.wait_for_next()
        self.show(OVER if seconds is None else self._news(seconds))

    def _settle(self) -> None:
        self.show(self._news(self._lab.settle()))

    def _pass(self, seconds: float) -> None:
        self._lab.wait(seconds)
        self.show(self._news(seconds))

    def _news(self, seconds: float) -> str:
        """What a screen reader is told: how much time passed, and what happened last."""
        lines = self._lab.timeline()
        new, self._seen = lines[self._seen :], len(lines)
        passed = f"{seconds:.0f} s later"
        if not new:
            return f"{passed}: nothing new."
        last = new[-1]
        who = (
            f"task {short(last['subject'])}"
            if last["kind"] == "task"
            else f"{last['kind']} {last['name']}"
        )
        more = f" and {len(new) - 1} more" if len(new) > 1 else ""
        return f"{passed}: {who} {readable(last['what'])}{more}"
