"""How alike two texts are: the cosine of their words' weights (TF-IDF), in plain Python.

A word that is rare in the bank weighs more than one that is everywhere, so that two questions are
alike when they share what makes them special, in whatever order.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

_WORD = re.compile(r"[a-z0-9]+")
_ENDINGS = re.compile(r"(?<=[a-z]{3})(?:ing|ed|es|s)$")

Weights = dict[str, float]


def terms(text: str) -> list[str]:
    """The words of a text without their endings."""
    return [_ENDINGS.sub("", word) for word in _WORD.findall(text.casefold())]


def weights(texts: Sequence[str]) -> list[Weights]:
    """For each text its terms with their weights, as a vector of length 1."""
    counts = [Counter(terms(text)) for text in texts]
    in_texts = Counter(term for count in counts for term in count)
    return [_unit(count, in_texts, len(texts)) for count in counts]


def _unit(count: Counter[str], in_texts: Counter[str], total: int) -> Weights:
    """A term counts by the root of how often it is there, times how rare it is in all texts."""
    raw = {
        term: math.sqrt(times) * math.log1p(total / in_texts[term]) for term, times in count.items()
    }
    length = math.sqrt(sum(weight * weight for weight in raw.values())) or 1.0
    return {term: weight / length for term, weight in raw.items()}


def alike(texts: Sequence[str], least: float) -> Iterator[tuple[int, int, float]]:
    """Pairs of places (earlier, later) whose texts are at least so alike (0 to 1), and how much.

    >>> [(i, j) for i, j, _ in alike(["a red cat", "one dog", "the red cat"], 0.4)]
    [(0, 2)]
    """
    having: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for place, vector in enumerate(weights(texts)):
        shared: dict[int, float] = defaultdict(float)
        for term, weight in vector.items():
            for earlier, other in having[term]:
                shared[earlier] += weight * other
            having[term].append((place, weight))
        yield from ((i, place, score) for i, score in sorted(shared.items()) if score >= least)
