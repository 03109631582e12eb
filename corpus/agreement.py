"""Whether two texts say the same figures and negations: a text and its rendering, in one language or across two.

Knows `corpus.figures` and the closed lists of negations, nothing of documents, and judges no other words: an empty list
from `compare` means that figures and negations agree, not that the rendering is right.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from corpus import figure_words as words
from corpus.figures import CLAUSE_EDGE, Figure, Lang, check_lang, figures

_Item = TypeVar("_Item", Figure, "Negation")


@dataclass(frozen=True, slots=True)
class Negation:
    """One negation.

    Attributes:
        kind: "not" (不, 未, never, unstable, and zero in words) or "stop": a verb that keeps a thing from happening
            (严禁, prevent).
        weak: it may answer a negation in the other language but need not be answered (缺乏, prevention).
        start: where it begins in the text it was read from.
        end: half-open.
    """

    kind: str
    weak: bool
    start: int
    end: int


_ZH_DENIALS = (
    (None, re.compile(f"(.)不\\1|{'|'.join(words.ZH_NOT_NEGATION.split())}")),
    (("not", True), re.compile(words.ZH_MAY_NOT)),
    (("stop", True), re.compile(words.ZH_MAY_STOP)),
    (("stop", False), re.compile(words.ZH_STOP)),
    (("not", False), re.compile(words.ZH_NOT)),
)
_EN_DENIALS = (
    (None, re.compile(rf"(?i)\b(?:{words.EN_NOT_NEGATION})")),
    (("not", True), re.compile(rf"(?i)\b(?:{words.EN_MAY_NOT})\b")),
    (("stop", True), re.compile(rf"(?i)\b(?:{words.EN_MAY_STOP})\b")),
    (("stop", False), re.compile(rf"(?i)\b(?:{words.EN_STOP})\b")),
    (("not", False), re.compile(rf"(?i)\b(?:{words.EN_NOT})\b|n['’]t\b")),
)
_OR = re.compile(r"(?i)\bor\b")


def negations(text: str, lang: Lang) -> tuple[Negation, ...]:
    """Read the negations of one sentence or clause, in text order.

    "not A or B" denies twice, as 不…不… does: each "or" after a "not" in its clause is a weak negation.

    Raises:
        ValueError: `lang` is neither "zh" nor "en".
    """
    check_lang(lang)
    left = text.translate(words.SAME_LENGTH)
    found: list[Negation] = []
    for label, pattern in _ZH_DENIALS if lang == "zh" else _EN_DENIALS:
        for match in tuple(pattern.finditer(left)):
            start, end = match.span()
            left = left[:start] + "\0" * (end - start) + left[end:]
            if label:
                found.append(Negation(*label, start, end))
    if lang == "en":
        for negation in [n for n in found if n.kind == "not" and not n.weak]:
            edge = CLAUSE_EDGE.search(left, negation.end)
            found += [
                Negation("not", True, *match.span())
                for match in _OR.finditer(left, negation.end, edge.start() if edge else len(left))
            ]
    return tuple(sorted(set(found), key=lambda negation: negation.start))


def compare(source: str, rendering: str, source_lang: Lang = "zh", rendering_lang: Lang = "en") -> list[str]:
    """Say where the figures and negations of two texts part.

    In one language both must have the same figures and negations in the same order. Across languages, where English
    freely moves a phrase, order alone would refuse good translations and counts alone would let two figures change
    places. So each figure must be answered by one of equal kind, value, unit and hedge that does not count another
    noun, and figures of one kind and unit keep their order unless the displaced one counts a noun that no other of
    them counts. Negations are compared by number: a "not" may stand elsewhere, but there is not one more or fewer.

    Returns:
        One readable sentence for each mismatch; empty where the texts agree.

    Raises:
        ValueError: a language is neither "zh" nor "en".
    """
    one, two = _Side(source, source_lang), _Side(rendering, rendering_lang)
    if source_lang == rendering_lang:
        return _same_language(one, two)
    return _figure_mismatches(one, two) + _negation_mismatches(one, two)


class _Side:
    """One of the two texts, read once."""

    def __init__(self, text: str, lang: Lang) -> None:
        self.text = text
        self.name = "Chinese" if lang == "zh" else "English"
        self.figures = figures(text, lang)
        self.negations = negations(text, lang)

    def quote(self, item: Figure | Negation) -> str:
        """The words of a figure or negation, as a reader would look for them."""
        return f"“{self.text[item.start : item.end]}”"


def _same_language(one: _Side, two: _Side) -> list[str]:
    found = []
    for what, left, right in (
        ("figures", [_content(figure) for figure in one.figures], [_content(figure) for figure in two.figures]),
        ("negations", [one.quote(n).lower() for n in one.negations], [two.quote(n).lower() for n in two.negations]),
    ):
        if left != right:
            quotes = [", ".join(side.quote(item) for item in getattr(side, what)) or "none" for side in (one, two)]
            found.append(f"The {what} differ: {quotes[0]} against {quotes[1]}.")
    return found


def _content(figure: Figure) -> tuple[object, ...]:
    return figure.kind, figure.value, figure.unit, figure.noun, figure.bound


def _figure_mismatches(one: _Side, two: _Side) -> list[str]:
    pairs, left, right = _pair(one.figures, two.figures, (_same_noun, _equal, _both_weak, _answers))
    found = [f"{one.quote(a)} and {two.quote(b)} are not hedged alike." for a, b in pairs if _hedges_part(a, b)]
    for here, there, rest in ((one, two, left), (two, one, right)):
        found += [
            f"{here.quote(a)}{f' ({a.noun})' if a.noun else ''} in the {here.name} has no match in the {there.name}."
            for a in rest
            if not a.weak
        ]
    return found + [f"{one.quote(a)} and {two.quote(b)} stand in another order." for a, b in _displaced(pairs)]


def _equal(a: Figure, b: Figure) -> bool:
    same = (a.kind, a.value, a.unit, a.weak, b.weak) == (b.kind, b.value, b.unit, False, False)
    return same and (not a.noun or not b.noun or a.noun == b.noun)


def _same_noun(a: Figure, b: Figure) -> bool:
    return a.noun == b.noun and _equal(a, b)


def _both_weak(a: Figure, b: Figure) -> bool:
    return a.weak and b.weak and a.value == b.value


def _answers(a: Figure, b: Figure) -> bool:
    return a.weak != b.weak and (a.kind, a.value) == (b.kind, b.value)


def _hedges_part(a: Figure, b: Figure) -> bool:
    return a.bound != b.bound and not (a.weak or b.weak)


def _displaced(pairs: Iterable[tuple[Figure, Figure]]) -> list[tuple[Figure, Figure]]:
    ordered = sorted(pairs, key=lambda pair: pair[0].start)
    nouns = Counter((a.kind, a.unit, a.noun) for a, b in ordered if a.noun == b.noun != "")
    found = []
    for kind in dict.fromkeys((a.kind, a.unit) for a, _ in ordered):
        group = [(a, b) for a, b in ordered if (a.kind, a.unit) == kind and not (a.weak or b.weak)]
        kept = _longest_rise(_places(group))
        for i, (a, b) in enumerate(group):
            if i not in kept and not (a.noun == b.noun and nouns[a.kind, a.unit, a.noun] == 1):
                found.append((a, b))
    return found


def _places(group: Sequence[tuple[Figure, Figure]]) -> list[int]:
    """Where each answer stands; of equal values, which one answers which makes no order."""
    spare: dict[object, list[int]] = {}
    for _, b in sorted(group, key=lambda pair: pair[1].start, reverse=True):
        spare.setdefault(b.value, []).append(b.start)
    return [spare[b.value].pop() for _, b in group]


def _longest_rise(places: Sequence[int]) -> set[int]:
    """Indices of a longest increasing subsequence (patience sorting, with back-pointers)."""
    tails: list[int] = []
    before: list[int] = []
    for i, place in enumerate(places):
        at = bisect_left([places[tail] for tail in tails], place)
        before.append(tails[at - 1] if at else -1)
        tails[at : at + 1] = [i]
    kept, i = set(), tails[-1] if tails else -1
    while i >= 0:
        kept.add(i)
        i = before[i]
    return kept


def _negation_mismatches(one: _Side, two: _Side) -> list[str]:
    _, left, right = _pair(
        one.negations,
        two.negations,
        (
            lambda a, b: a.kind == b.kind and not (a.weak or b.weak),
            lambda a, b: not (a.weak or b.weak),
            lambda a, b: a.kind == b.kind and a.weak and b.weak,
            lambda a, b: a.kind == b.kind and a.weak != b.weak,
        ),
    )
    return [
        f"The negation {here.quote(a)} in the {here.name} has no match in the {there.name}."
        for here, there, rest in ((one, two, left), (two, one, right))
        for a in rest
        if not a.weak
    ]


def _pair(
    left: Iterable[_Item], right: Iterable[_Item], tests: Sequence[Callable[[_Item, _Item], bool]]
) -> tuple[list[tuple[_Item, _Item]], list[_Item], list[_Item]]:
    """Pair items greedily, by the strictest test first, so that of two forties each finds its own.

    Weak items pair among themselves before they may answer a strong one: what has its match lends itself to no other.

    Returns:
        The pairs, what is left of `left`, what is left of `right`.
    """
    pairs, rest, others = [], list(left), list(right)
    for test in tests:
        for a in tuple(rest):
            b = next((b for b in others if test(a, b)), None)
            if b is not None:
                pairs.append((a, b))
                rest.remove(a)
                others.remove(b)
    return pairs, rest, others
