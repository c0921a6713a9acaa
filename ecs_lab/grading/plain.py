"""Text of a learner's, made safe to print."""

from __future__ import annotations


def plain(text: str) -> str:
    """The text with each character that a terminal or an XML file could act on spelt out."""
    return "".join(
        character
        if character.isprintable() or character in "\n\t"
        else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def indented(text: str, by: str = "          | ") -> str:
    """The text with every line but the first marked as part of it: none can pose as ours."""
    return plain(text.replace("\r\n", "\n")).replace("\n", f"\n{by}")
