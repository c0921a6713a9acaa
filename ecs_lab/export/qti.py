"""Questions as a QTI 2.1 content package (a zip), for Canvas, Blackboard, TAO and others.

Every answer is scored all or nothing, as AWS scores. The reasons are modal feedback.

Source: https://www.imsglobal.org/question/qtiv2p1/imsqti_infov2p1.html
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from ecs_lab.quiz.model import MATCHING, ORDERING, Question, Topic

QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
MANIFEST = "http://www.imsglobal.org/xsd/imscp_v1p1"
SCHEMA = "http://www.w3.org/2001/XMLSchema-instance"
WHEN = (1980, 1, 1, 0, 0, 0)  # the same questions give the same bytes


def write(topics: Iterable[Topic], path: Path) -> None:
    """Write the package to `path`: a manifest and one file for each question."""
    questions = [question for topic in topics for question in topic.questions]
    files = {f"{name_of(question)}.xml": item(question) for question in questions}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, element in {"imsmanifest.xml": manifest(questions), **files}.items():
            ET.indent(element)
            text = ET.tostring(element, encoding="utf-8", xml_declaration=True)
            package.writestr(zipfile.ZipInfo(name, WHEN), text)


def name_of(question: Question) -> str:
    """A question's id as an XML identifier."""
    return "Q-" + re.sub(r"[^A-Za-z0-9_-]", "-", question.id)


def manifest(questions: Sequence[Question]) -> ET.Element:
    """What is in the package."""
    root = ET.Element("manifest", {"xmlns": MANIFEST, "identifier": "ecs_lab"})
    metadata = ET.SubElement(root, "metadata")
    ET.SubElement(metadata, "schema").text = "QTIv2.1 Package"
    ET.SubElement(metadata, "schemaversion").text = "1.0.0"
    ET.SubElement(root, "organizations")
    resources = ET.SubElement(root, "resources")
    for question in questions:
        name = name_of(question)
        resource = ET.SubElement(
            resources, "resource",
            identifier=f"R{name}", type="imsqti_item_xmlv2p1", href=f"{name}.xml",
        )  # fmt: skip
        ET.SubElement(resource, "file", href=f"{name}.xml")
    return root


def item(question: Question) -> ET.Element:
    """One question as an assessment item."""
    root = ET.Element(
        "assessmentItem",
        {
            "xmlns": QTI,
            "xmlns:xsi": SCHEMA,
            "xsi:schemaLocation": f"{QTI} {QTI}.xsd",
            "identifier": name_of(question),
            "title": question.id,
            "adaptive": "false",
            "timeDependent": "false",
        },
    )
    _declarations(root, question)
    body = ET.SubElement(root, "itemBody")
    if question.case:
        ET.SubElement(body, "p").text = question.case.text
    body.append(_interaction(question))
    _processing(root)
    _feedback(root, question)
    return root


def _declarations(root: ET.Element, question: Question) -> None:
    kind = "pair" if question.kind == MATCHING else "identifier"
    base = "directedPair" if kind == "pair" else kind
    response = ET.SubElement(
        root, "responseDeclaration",
        identifier="RESPONSE", cardinality=_cardinality(question), baseType=base,
    )  # fmt: skip
    correct = ET.SubElement(response, "correctResponse")
    for value in right_answers(question):
        ET.SubElement(correct, "value").text = value
    score = ET.SubElement(
        root, "outcomeDeclaration", identifier="SCORE", cardinality="single", baseType="float"
    )
    ET.SubElement(ET.SubElement(score, "defaultValue"), "value").text = "0"
    ET.SubElement(
        root, "outcomeDeclaration",
        identifier="FEEDBACK", cardinality="single", baseType="identifier",
    )  # fmt: skip


def _cardinality(question: Question) -> str:
    if question.kind == ORDERING:
        return "ordered"
    return "multiple" if question.kind == MATCHING or question.select > 1 else "single"


def right_answers(question: Question) -> list[str]:
    """The right answer, in identifiers of options (O0, O1, ...) and matches (M0, ...)."""
    if question.kind == MATCHING:
        places = {match: place for place, match in enumerate(_matches(question))}
        return [f"O{i} M{places[option.match]}" for i, option in enumerate(question.options)]
    if question.kind == ORDERING:
        return [f"O{place}" for place in range(len(question.options))]
    return [f"O{place}" for place in sorted(question.correct)]


def _matches(question: Question) -> list[str]:
    return sorted({*question.others, *(option.match for option in question.options)})


def _interaction(question: Question) -> ET.Element:
    prompt = f"{question.stem} {question.instruction}".strip()
    if question.kind == MATCHING:
        return _match(question, prompt)
    common = {"responseIdentifier": "RESPONSE", "shuffle": "true"}
    if question.kind == ORDERING:
        interaction = ET.Element("orderInteraction", common)
    else:
        most = str(question.select)
        interaction = ET.Element("choiceInteraction", common | {"maxChoices": most})
    ET.SubElement(interaction, "prompt").text = prompt
    for place, option in enumerate(question.options):
        ET.SubElement(interaction, "simpleChoice", identifier=f"O{place}").text = option.text
    return interaction


def _match(question: Question, prompt: str) -> ET.Element:
    most = {"maxAssociations": str(len(question.options)), "shuffle": "true"}
    interaction = ET.Element("matchInteraction", {"responseIdentifier": "RESPONSE"} | most)
    ET.SubElement(interaction, "prompt").text = prompt
    left = ET.SubElement(interaction, "simpleMatchSet")
    for place, option in enumerate(question.options):
        _associable(left, f"O{place}", option.text, 1)
    right = ET.SubElement(interaction, "simpleMatchSet")
    for place, match in enumerate(_matches(question)):
        _associable(right, f"M{place}", match, len(question.options))
    return interaction


def _associable(parent: ET.Element, name: str, text: str, most: int) -> None:
    choice = ET.SubElement(parent, "simpleAssociableChoice", identifier=name, matchMax=str(most))
    choice.text = text


def _processing(root: ET.Element) -> None:
    """All or nothing; then the reasons are shown, whatever the answer was."""
    processing = ET.SubElement(root, "responseProcessing")
    condition = ET.SubElement(processing, "responseCondition")
    when = ET.SubElement(condition, "responseIf")
    match = ET.SubElement(when, "match")
    ET.SubElement(match, "variable", identifier="RESPONSE")
    ET.SubElement(match, "correct", identifier="RESPONSE")
    _set(when, "SCORE", "float", "1")
    _set(processing, "FEEDBACK", "identifier", "REASONS")


def _set(parent: ET.Element, outcome: str, base: str, value: str) -> None:
    setting = ET.SubElement(parent, "setOutcomeValue", identifier=outcome)
    ET.SubElement(setting, "baseValue", baseType=base).text = value


def _feedback(root: ET.Element, question: Question) -> None:
    feedback = ET.SubElement(
        root, "modalFeedback",
        outcomeIdentifier="FEEDBACK", identifier="REASONS", showHide="show",
    )  # fmt: skip
    reasons = ET.SubElement(feedback, "ul")
    for option in question.options:
        ET.SubElement(reasons, "li").text = f"{option.text}: {option.why}"
    read = f"Source (read {question.as_of}): {' '.join(question.sources)}"
    ET.SubElement(feedback, "p").text = read
