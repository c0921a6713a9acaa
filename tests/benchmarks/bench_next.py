"""How long it takes from Next to the next question on the screen, in a real JupyterLab.

    python tests/benchmarks/bench_next.py

Needs Chromium and playwright (CONTRIBUTING.md, "Drive JupyterLab in a real browser"). Prints a
table in Markdown: milliseconds from the key, as the browser stamps it, to after the frame in which
the text of another question was painted. Nothing here asserts a time; a busy machine shows in it.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from real_jupyterlab import CHROMIUM, FLAGS, run_all, serving

STEPS = 20
QUIZ = "from ecs_lab.widgets.quiz import show\nshow('deployments', count=None)"
EXAM = (
    "from ecs_lab.widgets.exam import show\nexam = show('DVA-C03', seed=5)\nexam.press('begin')\n"
    "exam"
)
WATCH = """(root) => {
  window.taken = [];
  let pressed = 0;
  let before = "";
  const asked = () => root.querySelector("legend")?.textContent ?? "";
  root.addEventListener("keydown", (event) => {
    pressed = event.timeStamp;
    before = asked();
  }, true);
  new MutationObserver(() => {
    if (!pressed || asked() === before || !asked()) return;
    const began = pressed;
    pressed = 0;
    requestAnimationFrame(() => setTimeout(() => window.taken.push(performance.now() - began)));
  }).observe(root, { subtree: true, childList: true, characterData: true });
}"""


def main() -> int:
    """Print the table."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as home:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with serving(Path(home)) as served:
            page = browser.new_page(viewport={"width": 1200, "height": 1000})
            rows = [
                ("quiz: key N", steps(page, served, "quiz", QUIZ, "Quiz")),
                ("mock exam of 65: Enter on Next", steps(page, served, "exam", EXAM, "Mock exam")),
            ]
        browser.close()
    print("| what | median ms | slowest of 20 |\n| --- | ---: | ---: |")
    for what, taken in rows:
        print(f"| {what} | {statistics.median(taken):.0f} | {max(taken):.0f} |")
    return 0


def steps(page: Any, served: tuple[str, Path], name: str, cell: str, region: str) -> list[float]:
    """Milliseconds of each step."""
    run_all(page, served, f"{name}.ipynb", (cell,))
    panel = page.get_by_role("region", name=region)
    panel.locator("legend").wait_for(timeout=60_000)
    page.wait_for_timeout(1000)
    panel.evaluate(WATCH)
    following = panel.get_by_role("button", name="Next", exact=True)
    following.focus()
    for step in range(1, STEPS + 1):
        page.keyboard.press("n" if name == "quiz" else "Enter")
        page.wait_for_function(f"window.taken.length >= {step}")
        page.wait_for_timeout(400)  # to read the question, very fast
        following.focus()
    return list(page.evaluate("window.taken"))


if __name__ == "__main__":
    sys.exit(main())
