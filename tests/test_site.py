"""The site: whole, without the answers, loaded from nowhere else, and with links that hold."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import build_site
import executed
import glossary
import links
import practice
import pytest
import staging
from nbclient.exceptions import CellExecutionError
from nbformat import v4
from surroundings import REPOSITORY, STARTED_WITH

BUILD = REPOSITORY / "tools" / "site" / "build_site.py"
SPHINX = pytest.mark.filterwarnings("default")  # of Sphinx, on its own next versions

PAGE = '<html><body id="top"><a href="{}">there</a></body></html>'


def book(*cells: tuple[str, str]) -> Any:
    """A notebook of (kind, source) cells."""
    make: dict[str, Any] = {"code": v4.new_code_cell, "markdown": v4.new_markdown_cell}
    return v4.new_notebook(cells=[make[kind](text) for kind, text in cells])  # type: ignore[no-untyped-call]


# ---- the whole site: a part of its own in tools/checks.py


@pytest.fixture(scope="session")
def site() -> Path:
    """The site of the course, built by the command that readers use."""
    done = subprocess.run(
        [sys.executable, str(BUILD)], capture_output=True, text=True, check=False, env=STARTED_WITH
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return build_site.SITE


@pytest.mark.site
@pytest.mark.parametrize("path", executed.notebooks(), ids=lambda path: path.stem)
def test_each_notebook_is_a_page_with_its_pictures(path: Path, site: Path) -> None:
    """Every picture of the lesson is drawn in the page, in colours for light and dark pages."""
    page = (site / "notebooks" / f"{path.stem}.html").read_text("utf-8")
    calls = len(re.findall(r"^lab\.diagram\(", _code(path), re.MULTILINE))
    assert page.count('class="ecs-picture"') >= calls > 0
    assert "[data-theme='dark'] #ecs-" in page
    assert "Exercise: " in page
    assert "Questions: " in page
    assert "application/vnd.jupyter.widget" not in page


def _code(path: Path) -> str:
    cells = executed.read(path).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "code")


@pytest.mark.site
def test_every_term_is_in_the_glossary_and_leads_to_its_section(site: Path) -> None:
    """One entry a term; each meaning has a link to the Terms of a notebook."""
    page = (site / "glossary.html").read_text("utf-8")
    books = {path.stem: executed.read(path) for path in executed.notebooks()}
    terms = glossary.terms(books)
    assert page.count("<dt id=") == len(terms) > 100
    for name in books:
        assert f'href="notebooks/{name}.html#terms"' in page
        assert 'id="terms"' in (site / "notebooks" / f"{name}.html").read_text("utf-8")


@pytest.mark.site
def test_no_answer_can_be_read(site: Path) -> None:
    """No reason of an option, hint or solution is in a page or in the index for searching."""
    read = "".join(path.read_text("utf-8") for path in site.rglob("*") if path.suffix in _TEXTS)
    questions = [question for topic in practice.topics() for question in topic.questions]
    secret = [option.why for question in questions for option in question.options]
    for exercise in practice.exercises():
        secret += [*exercise.hints, exercise.solution_reason, exercise.nearly_because]
    prose = [text for text in secret if not text.startswith(("`", "- `"))]  # lessons call the same
    page, starts = _plain(read), {_plain(text)[:_BY_CHANCE] for text in prose}
    telling = [start for start in starts if len(start) == _BY_CHANCE]
    assert len(telling) > 500
    assert [start for start in telling if start in page] == []


_BY_CHANCE = 60
"""Letters; shorter sentences may well stand in a lesson too."""
_TEXTS = {".html", ".js", ".ipynb", ".md", ".txt"}


def _plain(text: str) -> str:
    """A text without tags, entities and anything but letters and digits."""
    return re.sub(r"<[^>]*>|&[#\w]+;|[\W_]", "", text)


@pytest.mark.site
def test_coverage_decisions_and_fidelity_are_in_the_site(site: Path) -> None:
    """Each document of docs/ is a page; the table of coverage leads to sections and exercises."""
    for path in (REPOSITORY / "docs").rglob("*.md"):
        assert (site / path.relative_to(REPOSITORY)).with_suffix(".html").is_file()
    page = (site / "docs" / "coverage.html").read_text("utf-8")
    assert 'href="../notebooks/03-fargate.html#task-size"' in page
    assert 'href="../exercises.html#fargate-right-size"' in page


# ---- its parts


@SPHINX
@pytest.mark.parametrize("link", ["nowhere.md", "index.md#no-such-place", "#no-such-place"])
def test_link_that_leads_nowhere_is_an_error(link: str, tmp_path: Path) -> None:
    """Sphinx refuses to build a page with it; without it the same page is built."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "index.md").write_text("# Front\n\n[here](#Front)\n", "utf-8")
    assert build_site.build(source, tmp_path / "site") == 0
    (source / "index.md").write_text(f"# Front\n\n[there]({link})\n", "utf-8")
    assert build_site.build(source, tmp_path / "site") != 0


@pytest.mark.parametrize(
    ("link", "why"),
    [
        ("missing.html", "there is no such page"),
        ("index.html#middle", "the page has no such anchor"),
        ("#middle", "the page has no such anchor"),
        ("../../outside.html", "it leads out of the site"),
        ("https://aws amazon.com/ecs", "this is no address of a site"),
        ("https://aws.amazon.com/e cs", "there is a sign in it that no address has"),
        ("file:///etc/hosts", "this is no address that a reader can open"),
    ],
)
def test_wrong_link_of_a_page_is_named(link: str, why: str, tmp_path: Path) -> None:
    """What Sphinx does not look at, such as links in outputs, is looked at in the built pages."""
    (tmp_path / "index.html").write_text(PAGE.format(link), "utf-8")
    assert links.troubles(tmp_path) == [f"index.html: {link}: {why}"]


@pytest.mark.parametrize("link", ["", "#top", "index.html#top", "https://aws.amazon.com/ecs/"])
def test_right_link_of_a_page_is_no_trouble(link: str, tmp_path: Path) -> None:
    """Pages, anchors and well-formed addresses; other sites are not asked."""
    (tmp_path / "index.html").write_text(PAGE.format(link), "utf-8")
    assert links.troubles(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("index.html", '<script src="https://cdn.example.com/a.js"></script>'),
        ("index.html", '<link rel="stylesheet" href="//fonts.example.com/a.css">'),
        ("index.html", '<img src="https://example.com/a.png">'),
        ("site.css", "@import url('https://fonts.example.com/a.css');"),
        ("site.css", "a { background: url(//example.com/a.png) }"),
    ],
)
def test_what_is_loaded_from_elsewhere_is_named(name: str, text: str, tmp_path: Path) -> None:
    """The site works without a network."""
    (tmp_path / name).write_text(text, "utf-8")
    assert [line.rpartition(": ")[2] for line in links.troubles(tmp_path)][-1:] == [
        "it is loaded from elsewhere"
    ]


class Half(BaseHTTPRequestHandler):
    """A site that has the page /there and no other."""

    def do_HEAD(self) -> None:
        """Answer 200 or 404."""
        self.send_response(200 if self.path == "/there" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_other_sites_are_asked_when_that_is_wanted(tmp_path: Path) -> None:
    """Each page once, whatever its anchors; one that answers with an error is named."""
    server = HTTPServer(("127.0.0.1", 0), Half)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    site = f"http://127.0.0.1:{server.server_port}"
    page = "".join(PAGE.format(site + path) for path in ("/there#a", "/there#b", "/gone"))
    (tmp_path / "index.html").write_text(page, "utf-8")
    asked = links.addresses(tmp_path)
    assert asked == [f"{site}/gone", f"{site}/there"]
    (trouble,) = links.silent(asked)
    server.shutdown()
    server.server_close()
    assert trouble.startswith(f"{site}/gone: it does not answer (HTTP Error 404")


def test_term_of_two_notebooks_is_one_entry_with_both_meanings() -> None:
    """Written with or without code marks, in capitals or not; in the order of the alphabet."""
    table = "## Terms\n\n| term | meaning |\n| --- | --- |\n| {} | {} |\n"
    books = {
        "01-a": book(("markdown", table.format("`awsvpc`", "a mode"))),
        "02-b": book(
            ("markdown", table.format("Awsvpc", "an interface a task") + "| agent | a program |\n")
        ),
    }
    agent, mode = glossary.terms(books)
    assert (agent.written, agent.meanings) == ("agent", [("a program", "02-b")])
    assert mode.meanings == [("a mode", "01-a"), ("an interface a task", "02-b")]
    assert "a mode ([01](notebooks/01-a.ipynb#Terms))" in glossary.page([agent, mode])


def test_widget_is_shown_in_its_static_form_with_links_of_the_site() -> None:
    """What needs a kernel goes, its HTML stays, and a notebook's address is its page's."""
    lesson = book(("code", "lab.exercise()"))
    html = 'Taught in <a href="03-fargate.ipynb#Task-size">03</a>.'
    data = {staging.WIDGET: {"model_id": "1"}, "text/html": html, "text/plain": "Taught in 03."}
    lesson.cells[0].outputs = [v4.new_output("display_data", data)]  # type: ignore[no-untyped-call]
    (output,) = staging.as_page(lesson).cells[0].outputs
    assert set(output.data) == {"text/html", "text/plain"}
    assert output.data["text/html"] == html.replace(".ipynb", ".html")


def test_notebook_runs_once_and_again_after_a_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy with outputs is taken until the notebook is another one; a failure keeps none."""
    monkeypatch.setattr(executed, "KEPT", tmp_path / "kept")
    path = tmp_path / "small.ipynb"
    executed.write(book(("code", "import os; os.environ['ECS_LAB_DATA']")), path)
    assert not executed.is_kept(path)
    data = executed.run(path).cells[0].outputs[0].data["text/plain"]
    assert data != repr(STARTED_WITH.get("ECS_LAB_DATA"))
    assert executed.is_kept(path)
    executed.write(book(("code", "1 / 0")), path)
    assert not executed.is_kept(path)
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        executed.run(path)
    assert not executed.is_kept(path)
