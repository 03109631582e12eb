"""The figures of a Chinese or English text in one normal form: 225万亩 and "2.25 million mu" become the same `Figure`.

The grammar of one figure is in `corpus.figure_grammar`, the closed lists in `corpus.figure_words`; here is what takes
more than the figure itself: hedges, ranges, the counted noun. Knows nothing of documents, nor of a second text to
compare with (that is `corpus.agreement`).

Not read as figures: 半 and half, 成 (七成), vague plurals (数十, dozens), colloquial cuts (两万五), and a run such as
三五 or 二三十, whose two digits are a guess between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Literal, get_args

from corpus import figure_grammar as grammar
from corpus import figure_words as words

Lang = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, in a form that does not depend on the language.

    Attributes:
        kind: "number", "percent", "year", "date", "ordinal" (第七届, seventh, Phase II, a heading's number), "ratio",
            "fraction", or "plan" (八五, the eighth five-year plan: a name, never 85). A range is two figures that share
            a unit.
        value: exact: one number, or every term of a ratio or fraction, or year, month and day as far as they are given.
        unit: "mu", "km", "CNY" …, the value being converted to it; "" for a bare count; of a date, its parts ("ymd").
        noun: what it counts, where the lexicon has it ("village"), else "", which agrees with every noun.
        bound: "about", "over" (余, 以上, more than), "under" (近, nearly, at most) or "".
        weak: it may answer a figure in the other language but need not be answered. So are the words one and 一, the
            article of both languages, words such as 双 and dual, and a lone 百, 千 or 万 (百年).
        start: where it begins in the text it was read from.
        end: half-open; the unit lies inside, the noun and an outer hedge do not.
    """

    kind: str
    value: tuple[Decimal, ...]
    unit: str
    noun: str
    bound: str
    weak: bool
    start: int
    end: int


def figures(text: str, lang: Lang) -> tuple[Figure, ...]:
    """Read the figures of one sentence or clause, in text order.

    Args:
        text: with full-width digits or not; the traditional forms of numerals and common units are read too.
        lang: the language of `text`, which decides its numerals.

    Raises:
        ValueError: `lang` is neither "zh" nor "en".
    """
    check_lang(lang)
    text = left = text.translate(words.SAME_LENGTH)
    found: list[Figure] = []
    for pattern, read in grammar.ZH_RULES if lang == "zh" else grammar.EN_RULES:
        for match in tuple(pattern.finditer(left)):
            reading, (start, end) = read(match), match.span()
            left = left[:start] + "\0" * (end - start) + left[end:]
            if reading:
                bound = _bound(text, start, end, reading, lang)
                found.append(
                    Figure(reading.kind, reading.value, reading.unit, reading.noun, bound, reading.weak, start, end)
                )
    found.sort(key=lambda figure: figure.start)
    return tuple(_with_nouns(_with_shared_units(found, text, lang), text, lang))


def check_lang(lang: str) -> None:
    """Refuse a language whose lists we do not have."""
    if lang not in get_args(Lang):
        raise ValueError(f'lang is {lang!r}; it must be "zh" or "en".')


# ── What stands around a figure ──────────────────────────────────────────────────────────────────────────────────────

_BEFORE = {"zh": r"(?:{})\s?$", "en": r"(?i)\b(?:{})\s(?:US\$|[$¥])?$"}
# 50人左右, 5万韩元以上: a measure that the figure did not take may stand between.
_AFTER = {"zh": r"[^\s\d,，.。;；:：、]{{0,2}}?(?:{})", "en": r"(?i)\s?(?:{})\b"}
_HEDGES = {
    lang: [
        (name, re.compile(_BEFORE[lang].format(before)), re.compile(_AFTER[lang].format(after)))
        for name, before, after in hedges
    ]
    for lang, hedges in words.BOUNDS.items()
}
_INNER_MORE = re.compile("[余多](?![样元种层方次])")


def _bound(text: str, start: int, end: int, reading: grammar.Reading, lang: Lang) -> str:
    if reading.kind not in ("number", "percent", "fraction"):
        return ""
    inner = _INNER_MORE.search(text, start) if lang == "zh" else None
    if inner and inner.start() <= end:
        return "over"
    before = text[max(0, start - 24) : start]
    # 近五年 is the past five years, not nearly five.
    recent = lang == "zh" and reading.unit in words.NOUNLESS and before.rstrip().endswith("近")
    for name, ahead, behind in _HEDGES[lang]:
        if behind.match(text, end) or (ahead.search(before) and not recent):
            return name
    return ""


_RANGE = {"zh": re.compile("[-—~、]|至|到"), "en": re.compile("[-–—]| to | and | or ")}
_LAST_SCALE = {"zh": re.compile("[万亿]+"), "en": re.compile("|".join(words.EN_SCALES))}


def _with_shared_units(found: list[Figure], text: str, lang: Lang) -> list[Figure]:
    """3至5万亩 is 3万亩 to 5万亩, 1、2号线 is two lines: what is said once of both ends belongs to both."""
    for i, (one, two) in enumerate(pairwise(found)):
        if one.kind == two.kind == "ordinal" or not _RANGE[lang].fullmatch(text, one.end, two.start):
            continue
        if one.kind == "number" and not one.unit and (two.kind, two.unit) != ("number", ""):
            if two.kind in ("number", "percent") or (lang == "zh" and two.kind == "ordinal"):
                scale = _LAST_SCALE[lang].search(text, two.start, two.end)
                alone = scale and not _LAST_SCALE[lang].search(text, one.start, one.end)
                factor = grammar.scale_value(scale[0]) if scale and alone else Decimal(1)
                value = tuple(term * factor for term in one.value)
                found[i] = replace(one, kind=two.kind, unit=two.unit, value=value)
        elif lang == "en" and one.kind == "ordinal" and two.kind == "number" and not two.unit:
            found[i + 1] = replace(two, kind="ordinal", weak=False)
    return found


def _lexicon(column: int) -> tuple[re.Pattern[str], dict[str, str]]:
    forms = {form: noun[0] for noun in words.NOUNS for form in noun[column].split("|" if column == 2 else " ")}
    plain = grammar.either(forms)
    return re.compile(rf"(?i)\b({plain})(?:s|es)?\b" if column == 2 else f"({plain})"), forms


_NOUNS = {"zh": _lexicon(1), "en": _lexicon(2)}
CLAUSE_EDGE = re.compile('[,，.。;；:：、“”"「」()（）!！?？\n]')


def _with_nouns(found: Sequence[Figure], text: str, lang: Lang) -> Iterable[Figure]:
    pattern, forms = _NOUNS[lang]
    strong = [figure for figure in found if not figure.weak]
    for figure in found:
        # What numbers a heading, a point or a place (一是, (2), IV., 二环) counts nothing.
        mark = text[figure.start] if lang == "zh" else text[figure.end - 1]
        labels = figure.kind == "ordinal" and mark not in "第首" and not (lang == "en" and mark.isalpha())
        counts = figure.kind in ("number", "percent", "ordinal") and figure.unit not in words.NOUNLESS
        if figure.weak or labels or not counts:
            yield figure
            continue
        limit = min((other.start for other in strong if other.start >= figure.end), default=len(text))
        floor = max((other.end for other in strong if other.end <= figure.start), default=0)
        edge = CLAUSE_EDGE.search(text, figure.end, limit)
        after = list(pattern.finditer(text, figure.end, edge.start() if edge else limit))
        opening = max((mark.end() for mark in CLAUSE_EDGE.finditer(text, floor, figure.start)), default=floor)
        before = list(pattern.finditer(text, opening, figure.start))
        if after:
            # Compounds end in their head: in 综合医院发热门诊 it is the clinics that are counted.
            head = after[0]
            for following in after[1:]:
                if following.start() - head.end() <= (2 if lang == "zh" else 1):
                    head = following
            yield replace(figure, noun=forms[head[1].lower()])
        elif before and figure.kind != "ordinal" and (not figure.noun or _same_measure(figure, strong, text)):
            yield replace(figure, noun=forms[before[-1][1].lower()])
        else:
            yield figure


def _same_measure(figure: Figure, strong: Sequence[Figure], text: str) -> bool:
    """36户国有企业整合为10户: the second 户 counts what the first did, not households."""
    earlier = [other for other in strong if other.end <= figure.start]
    return bool(earlier) and text[earlier[-1].end - 1] == text[figure.end - 1]
