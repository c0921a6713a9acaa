"""Questions as Moodle XML, to import under "Moodle XML format" in a question bank.

One category for each topic. Ordering questions need Moodle 4.4 or later. Moodle gives points for
parts of a multiple response: each right option earns its share, a wrong one takes all away.

Source: https://docs.moodle.org/en/Moodle_XML_format
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from xml.etree import ElementTree as ET

from ecs_lab.export.html import as_html, general_feedback
from ecs_lab.quiz.model import MATCHING, ORDERING, Option, Question, Topic

CATEGORY = "$course$/top/ecs_lab"


def document(topics: Iterable[Topic]) -> str:
    """The whole file."""
    root = ET.Element("quiz")
    for topic in topics:
        category = ET.SubElement(root, "question", type="category")
        _text(ET.SubElement(category, "category"), f"{CATEGORY}/{topic.title.replace('/', '//')}")
        for question in topic.questions:
            root.append(_question(question))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _question(question: Question) -> ET.Element:
    kind = {ORDERING: "ordering", MATCHING: "matching"}.get(question.kind, "multichoice")
    element = ET.Element("question", type=kind)
    _text(ET.SubElement(element, "name"), question.id)
    _markup(element, "questiontext", as_html(question))
    _markup(element, "generalfeedback", general_feedback(question))
    _plain(element, defaultgrade="1", penalty="0", hidden="0", idnumber=question.id)
    if kind == "multichoice":
        _choice(element, question)
    elif kind == "matching":
        _matching(element, question)
    else:
        _ordering(element, question)
    tags = ET.SubElement(element, "tags")
    for tag in (*question.exams, *question.concepts):
        _text(ET.SubElement(tags, "tag"), tag)
    return element


def _choice(element: ET.Element, question: Question) -> None:
    single = "true" if question.select == 1 else "false"
    _plain(element, single=single, shuffleanswers="true", answernumbering="ABCD")
    for option in question.options:
        answer = _html(element, "answer", option.text)
        answer.set("fraction", fraction(question, option))
        _html(answer, "feedback", option.why)


def fraction(question: Question, option: Option) -> str:
    """What choosing an option earns, in percent.

    One of Moodle's own fractions: 33.33333 is one, 33.3 is not.
    """
    if option.correct:
        return f"{100 / question.select:.5f}".rstrip("0").rstrip(".")
    return "0" if question.select == 1 else "-100"


def _matching(element: ET.Element, question: Question) -> None:
    _plain(element, shuffleanswers="true")
    for option in question.options:
        _pair(element, option.text, option.match)
    for other in question.others:
        _pair(element, "", other)


def _pair(element: ET.Element, text: str, match: str) -> None:
    pair = _html(element, "subquestion", text)
    _text(ET.SubElement(pair, "answer"), match)


def _ordering(element: ET.Element, question: Question) -> None:
    _plain(element, layouttype="VERTICAL", selecttype="ALL", gradingtype="ALL_OR_NOTHING")
    for place, option in enumerate(question.options, 1):
        answer = _html(element, "answer", option.text)
        answer.set("fraction", str(place))


def _plain(parent: ET.Element, **values: str) -> None:
    for name, value in values.items():
        ET.SubElement(parent, name).text = value


def _html(parent: ET.Element, name: str, text: str) -> ET.Element:
    """A field of plain words, in a place where Moodle reads HTML."""
    return _markup(parent, name, escape(text, quote=False))


def _markup(parent: ET.Element, name: str, html: str) -> ET.Element:
    element = ET.SubElement(parent, name, format="html")
    _text(element, html)
    return element


def _text(parent: ET.Element, text: str) -> None:
    ET.SubElement(parent, "text").text = text
