"""DOT, SVG, PNG, words and files: the same picture in every form, whatever names are in it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import snapshots as lab

from ecs_lab.diagram import Picture, RenderError, draw, render
from ecs_lab.diagram.cards import lines
from ecs_lab.diagram.text import clean

SAMPLES = {
    "empty": lab.empty_lab(),
    "ec2": lab.two_instances(),
    "lost": lab.instance_lost(),
    "fargate": lab.fargate(15),
    "crowd": lab.crowd(),
    "balanced": lab.balanced(),
}
NASTY = [
    "<script>alert('x')</script>",
    "quotes \" and ' and & ampersand",
    "line\nbreak\tand\x00control\x1b[31m",
    "backslash \\N \\G \\l end\\",
    "größer 部署 🚢 עברית",
    "x" * 300,
    " ",
    "]]> --> </svg> {} | <>",
]


def words_in(svg: str) -> str:
    """All text that is drawn, without the text alternative, titles and style."""
    root = ET.fromstring(svg)
    texts = ["".join(t.itertext()) for t in root.iter("{http://www.w3.org/2000/svg}text")]
    return " ".join(" ".join(texts).split())


@pytest.mark.parametrize("name", SAMPLES)
def test_the_same_lab_gives_the_same_dot_and_svg(name: str) -> None:
    """Nothing depends on the order of a set or on the time."""
    first, second = draw(SAMPLES[name]), draw(SAMPLES[name])
    assert first.dot == second.dot
    assert first.svg == second.svg


def test_dot_is_the_same_in_another_process() -> None:
    """Hash seeds differ between processes; the DOT text does not."""
    code = (
        "import snapshots as lab; from ecs_lab.diagram import draw;"
        "print(draw(lab.instance_lost(), previous=lab.two_instances()).dot, end='')"
    )
    here = os.pathsep.join(filter(None, sys.path))
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": here, "PYTHONUTF8": "1"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(seen) == 1


@pytest.mark.parametrize("name", SAMPLES)
def test_words_say_what_the_picture_says(name: str) -> None:
    """Every name and state that is drawn is in the text alternative, and the other way round."""
    picture = draw(SAMPLES[name])
    drawn = words_in(picture.svg)
    for item in picture.graph:
        said = [" ".join(item.label.split()), item.status, *item.detail, *item.roles]
        for words in filter(None, said):
            assert words in picture.text
            if item.kind != "ecs-cluster" or words != "ACTIVE":
                assert all(part in drawn for part in lines(words)), words


@pytest.mark.parametrize("name", NASTY)
def test_any_name_is_drawn_as_it_is(name: str) -> None:
    """Quotes, angle brackets, line ends, other scripts: text stays text, in SVG and DOT."""
    snapshot = lab.add_cluster(lab.empty_lab())
    lab.add_service(snapshot, name, desired=1)
    lab.add_instance(snapshot, 0, Tags=[{"Key": "Name", "Value": name}])
    lab.add_task(snapshot, 0, status="STOPPED", service=name, stoppedReason=name)
    svg = draw(snapshot).svg
    drawn = words_in(svg)
    assert all(part in drawn for part in lines(name))
    tags = {each.tag.rsplit("}", 1)[-1] for each in ET.fromstring(svg).iter()}
    assert tags <= {"svg", "g", "path", "polygon", "polyline", "text", "title", "desc", "style"}


def test_long_text_is_wrapped_and_cut() -> None:
    """A reason of AWS's longest kind does not make a card wider than the others."""
    wrapped = lines("CannotPullContainerError " * 30)
    assert len(wrapped) == 3
    assert wrapped[-1].endswith("…")
    assert max(map(len, wrapped)) <= 40


def test_text_that_reverses_its_surroundings_is_made_harmless() -> None:
    """Directional overrides could make a name read as something else."""
    assert clean("safe\u202eelif\u202c.txt") == "safe elif .txt"


@pytest.mark.parametrize("name", SAMPLES)
def test_an_svg_stands_alone(name: str) -> None:
    """No reference to another file, no script, no link; a title and a description."""
    svg = draw(SAMPLES[name], title="My <lab> & me").svg
    root = ET.fromstring(svg)
    assert root.get("role") == "img"
    ids = {each.get("id"): each for each in root.iter() if each.get("id")}
    assert ids[root.get("aria-labelledby", "")].text == "My <lab> & me"
    assert "Region us-east-1" in str(ids[root.get("aria-describedby", "")].text)
    assert "href" not in svg
    assert "<script" not in svg
    assert "url(" not in svg


def test_ids_of_two_pictures_differ() -> None:
    """Two pictures on one page must not name the same parts, nor colour each other."""
    one, two = (
        {each.get("id") for each in ET.fromstring(draw(s).svg).iter() if each.get("id")}
        for s in (lab.two_instances(), lab.fargate())
    )
    assert one
    assert two
    assert not one & two


def test_one_picture_shown_twice_gets_two_ids() -> None:
    """A notebook may show the same picture in two cells."""
    picture = draw(lab.empty_lab())
    first, second = picture._repr_mimebundle_(), picture._repr_mimebundle_()
    found = [re.search(r'id="(ecs-[^"]+)"', b["text/html"]) for b in (first, second)]
    names = {match[1] for match in found if match}
    assert len(names) == 2


def test_every_rule_of_the_style_sheet_is_for_this_picture_only() -> None:
    """A style sheet inside an inline SVG reaches the whole page unless its rules name an id."""
    root = ET.fromstring(draw(lab.two_instances()).svg)
    style = root.find("{http://www.w3.org/2000/svg}style")
    assert style is not None
    assert style.text
    for rule in style.text.splitlines():
        assert f"#{root.get('id')}" in rule.split("{", 2)[1 if rule.startswith("@") else 0]


def test_parts_say_on_hover_what_they_are() -> None:
    """The full task id, which the card shortens, is in the hover text."""
    snapshot = lab.fargate(1)
    full = snapshot["tasks"][0]["taskArn"].rsplit("/", 1)[-1]
    root = ET.fromstring(draw(snapshot).svg)
    hovers = [t.text or "" for t in root.iter("{http://www.w3.org/2000/svg}title")]
    assert any(full in hover for hover in hovers)


def test_a_notebook_gets_html_svg_and_words() -> None:
    """HTML for the theme, the SVG for other front ends, words for those without either."""
    bundle = draw(lab.two_instances())._repr_mimebundle_()
    assert sorted(bundle) == ["image/svg+xml", "text/html", "text/plain"]
    assert "<svg" in bundle["text/html"]
    assert bundle["text/plain"].startswith("Architecture of the lab in us-east-1\n- Region")


def test_the_legend_explains_only_what_is_there() -> None:
    """An empty lab has no legend; tasks and services bring their lines with them."""
    assert "service: keeps" not in draw(lab.empty_lab()).svg
    assert "service: keeps its desired count" in words_in(draw(lab.two_instances()).svg)
    assert "not settled yet" not in words_in(draw(lab.two_instances()).svg)
    assert "not settled yet" in words_in(draw(lab.instance_lost()).svg)


@pytest.mark.parametrize("name", SAMPLES)
def test_cards_are_as_high_as_computed(name: str) -> None:
    """Zones stay level: the lowest subnets of all zones begin and end at the same heights."""
    root = ET.fromstring(draw(SAMPLES[name]).svg)
    boxes: dict[str, set[str]] = {"ecs-public-subnet": set(), "ecs-private-subnet": set()}
    for part in root.iter("{http://www.w3.org/2000/svg}g"):
        path = part.find(".//{http://www.w3.org/2000/svg}path")
        if part.get("class") in boxes and path is not None:
            heights = [round(float(y)) for y in re.findall(r",(-?[\d.]+)", path.get("d", ""))]
            boxes[str(part.get("class"))].add(f"{min(heights)} to {max(heights)}")
    assert [len(found) for found in boxes.values()] == [1, 1]


# ----------------------------------------------------------------- renderers


@pytest.fixture
def no_graphviz(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without pygraphviz and without a dot command."""
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    monkeypatch.setenv("PATH", "")
    render.by_pygraphviz.cache_clear()
    monkeypatch.setattr(render, "by_pygraphviz", render.by_pygraphviz.__wrapped__)


def test_without_graphviz_a_picture_is_words_and_advice(no_graphviz: None) -> None:
    """The notebook shows the list, and how to get the picture."""
    picture = draw(lab.two_instances())
    bundle = picture._repr_mimebundle_()
    assert list(bundle) == ["text/plain"]
    assert "EC2 instance i-0000" in bundle["text/plain"]
    assert "pip install pygraphviz" in bundle["text/plain"]
    with pytest.raises(RenderError, match="No Graphviz was found"):
        _ = picture.svg


def test_without_pygraphviz_the_dot_command_draws(
    no_graphviz: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Anything called dot on the PATH that speaks Graphviz' language will do."""
    dot = tmp_path / "dot"
    answer = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="8pt" height="8pt"><text>Hi</text></svg>'
    )
    dot.write_text(f"#!{sys.executable}\nimport sys\nsys.stdin.read()\nprint('''{answer}''')\n")
    dot.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    if shutil.which("dot") is None:
        pytest.skip("this system does not run scripts by name")
    assert words_in(draw(lab.empty_lab()).svg) == "Hi"


def test_nothing_is_written_to_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    """The font library inside pygraphviz warns on file descriptor 2; nobody needs to see it."""
    assert draw(lab.two_instances()).svg
    assert capfd.readouterr().err == ""


def test_first_picture_of_a_process_keeps_its_labels() -> None:
    """pygraphviz 2.0 loses labels in the first graph unless a context was made before."""
    code = (
        "import snapshots as lab; from ecs_lab.diagram import draw;"
        "print(draw(lab.two_instances()).svg)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, check=True
    )
    assert done.stdout.decode().strip() == draw(lab.two_instances()).svg.strip()
    assert done.stderr == b""


# ----------------------------------------------------------------- files


@pytest.mark.parametrize(
    ("name", "begin"),
    [("a.svg", b"<svg"), ("a.PNG", b"\x89PNG"), ("a.dot", b"digraph"), ("a.txt", b"Architecture")],
)
def test_the_ending_of_the_name_says_the_form(tmp_path: Path, name: str, begin: bytes) -> None:
    """SVG, PNG, DOT and words can be saved."""
    saved = draw(lab.two_instances()).save(tmp_path / name)
    assert saved.read_bytes().startswith(begin)


def test_an_unknown_ending_is_refused(tmp_path: Path) -> None:
    """The error names the endings that work, and nothing is written."""
    with pytest.raises(ValueError, match=r"'a\.pdf'.*\.svg, \.png, \.dot, \.txt"):
        draw(lab.empty_lab()).save(tmp_path / "a.pdf")
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_not_overwritten_unasked(tmp_path: Path) -> None:
    """What is there stays, unless overwrite=True says otherwise."""
    mine = tmp_path / "a.txt"
    mine.write_text("mine")
    picture: Picture = draw(lab.empty_lab())
    with pytest.raises(FileExistsError, match="overwrite=True"):
        picture.save(mine)
    assert mine.read_text() == "mine"
    assert picture.save(mine, overwrite=True).read_text().startswith("Architecture")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """The error says which folder to create."""
    with pytest.raises(FileNotFoundError, match="does not exist: create it first"):
        draw(lab.empty_lab()).save(tmp_path / "pictures" / "a.txt")


def test_the_browser_widget_finishes_what_the_browser_drew() -> None:
    """The widget sends DOT and words, asks for nothing else, and dresses the bare SVG."""
    from ecs_lab.widgets.dot import DotWidget

    picture = draw(lab.two_instances())
    widget: Any = DotWidget(picture)
    assert (widget.dot, widget.text, widget.svg) == (picture.dot, picture.text, "")
    widget.raw = render.render(picture.dot, "svg").decode()
    assert widget.svg == picture.svg


def test_viz_js_goes_to_the_browser_when_it_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Packed, in a message of its own, and not in the widget's state."""
    import gzip

    from ecs_lab.widgets.dot import DotWidget

    sent: list[Any] = []
    widget: Any = DotWidget(draw(lab.empty_lab()))
    monkeypatch.setattr(widget, "send", lambda message, buffers: sent.append((message, buffers)))
    widget._received(widget, {"do": "send-viz"}, [])
    ((message, (library,)),) = sent
    assert message == {"is": "viz"}
    assert b"Viz.js 3.31.0" in gzip.decompress(library)
    assert not any(len(str(state)) > 100_000 for state in widget.get_state().values())
