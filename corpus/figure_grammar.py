"""How Chinese and English write figures: one ordered list of rules for each language, read by `corpus.figures`.

A rule is a pattern and what it reads. Earlier rules take precedence and what they read is closed to later ones, so that
第十三次 is not also thirteen; a rule that reads `None` (an idiom) closes its words without a figure. Knows one figure
at a time: what stands around it (hedges, counted nouns, the other end of a range) is for `corpus.figures`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from corpus import figure_words as words


@dataclass(frozen=True, slots=True)
class Reading:
    """What one rule read; the fields are those of `corpus.figures.Figure`."""

    kind: str
    value: tuple[Decimal, ...]
    unit: str = ""
    noun: str = ""
    weak: bool = False


Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], Reading | None]]

_ARABIC = r"(?<![A-Za-z\d.])(?<![A-Za-z]-)(?:\d{1,3}(?:,\d{3})+(?![\d])|\d+)(?:\.\d+)?"
_ZH_DIGIT = f"[{''.join(words.ZH_DIGITS)}]"
_HAN = f"[{''.join(words.ZH_DIGITS)}{''.join(words.ZH_SCALES)}]"
_ZH_MIXED = rf"{_ARABIC}[余多]?(?: ?[十百千]*[万亿]+|[百千](?![米瓦克]))?"
_ZH_HAN = rf"(?:点{_ZH_DIGIT}+[百千万亿]*)?[余多]?[万亿]*"
_ZH = rf"(?:{_ZH_MIXED}|{_HAN}+{_ZH_HAN})"
_ZH_NOT_AFTER_NUMERAL = rf"(?<!{_HAN})(?<!\d)"
_DATE_PART = rf"(?:\d{{1,2}}|{_HAN}{{1,3}})"

_EN_WORD = "|".join((*words.EN_CARDINALS, *words.EN_SCALES))
_EN_SCALE = "|".join(words.EN_SCALES)
_EN_WORDS = rf"\b(?:{_EN_WORD})\b(?:(?:[ -]|(?<=hundred) and |(?<=thousand) and |(?<=million) and )(?:{_EN_WORD})\b)*"
_EN = rf"(?:{_ARABIC}(?:[ -](?:{_EN_SCALE})\b)*|{_EN_WORDS})"
# After RMB or $, where a figure may follow a letter.
_EN_MONEY = rf"(?:\d[\d,]*(?:\.\d+)?(?:[ -](?:{_EN_SCALE})\b)*|{_EN_WORDS})"
_EN_ORDINAL_WORD = "|".join(words.EN_ORDINALS)
_EN_ORDINAL = rf"(?:\d+(?:st|nd|rd|th)\b|\b(?:(?:{'|'.join(words.EN_TENS)})-)?(?:{_EN_ORDINAL_WORD})\b)"
_YEAR = r"(?:1[89]|20)\d\d"
_MONTH = rf"(?:{'|'.join(words.MONTHS)})\b\.?"

UNITS_ZH = {form: (norm, Decimal(size)) for norm, size, zh, _ in words.UNITS for form in zh.split()}
UNITS_EN = {form: (norm, Decimal(size)) for norm, size, _, en in words.UNITS for form in en.split("|")}


def either(forms: Iterable[str]) -> str:
    """A pattern for any of the forms, the longest first."""
    return "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))


_NOUN_EN = "|".join(noun[2] for noun in words.NOUNS)
_UNIT_ZH = f"个?(?:{either(UNITS_ZH)})"
_UNIT_EN = f"(?:{either(UNITS_EN)})s?\\b"


def zh_value(numeral: str) -> Decimal | None:
    """The value of an Arabic, Chinese or mixed numeral (225万, 1.2万亿, 三千二百亿); None where it has none."""
    whole, _, point = re.sub("[ ,余多]", "", numeral).partition("点")
    if point:
        fraction = "".join(str(words.ZH_DIGITS[char]) for char in point if char in words.ZH_DIGITS)
        whole = f"{zh_value(whole)}.{fraction}" + point.lstrip("".join(words.ZH_DIGITS))
    total, section = Decimal(0), Decimal(0)
    digit: Decimal | None = None
    for token in re.findall(r"[\d.]+|.", whole):
        scale = words.ZH_SCALES.get(token)
        if scale is None:
            if digit is not None:
                return None
            digit = None if token in "〇零" and (section or total) else Decimal(words.ZH_DIGITS.get(token, token))
        elif scale < 10_000:
            section, digit = section + (Decimal(1) if digit is None else digit) * scale, None
        else:
            block, section, digit = section + (digit or 0), Decimal(0), None
            # 亿 gathers all before it (1.2万亿); 万 only what stands since (三亿五千万).
            one = Decimal(1)
            total = ((total + block) or one) * scale if scale > 10_000 else total + (block or one) * scale
    return total + section + (digit or 0)


def scale_value(scale: str) -> Decimal:
    """What 万, 万亿 or "million" multiplies by."""
    return Decimal(words.EN_SCALES[scale]) if scale in words.EN_SCALES else zh_value(scale) or Decimal(1)


def en_value(numeral: str) -> Decimal:
    """The value of an English cardinal or ordinal in digits, words or both ("2.25 million", "forty-eighth")."""
    total, current = Decimal(0), Decimal(0)
    for token in re.findall(r"\d+(?:\.\d+)?|[a-z]+", numeral.lower().replace(",", "")):
        scale = words.EN_SCALES.get(token)
        if scale is None:
            spelled = words.EN_CARDINALS | words.EN_ORDINALS
            current += Decimal(token) if token[0].isdigit() else Decimal(spelled.get(token, 0))
        elif scale == 100:
            current = (current or Decimal(1)) * scale
        else:
            total, current = total + (current or Decimal(1)) * scale, Decimal(0)
    return total + current


def _date(match: re.Match[str]) -> Reading:
    parts = match.groupdict()
    given = [(name, parts[name]) for name in "ymd" if parts.get(name)]
    return Reading("date", tuple(_date_part(part) for _, part in given), "".join(name for name, _ in given))


def _date_part(part: str) -> Decimal:
    if part.rstrip(".") in words.MONTHS:
        return Decimal(words.MONTHS[part.rstrip(".")])
    return _zh_year(part) if len(part) == 4 else zh_value(part) or Decimal(0)


def _zh_year(year: str) -> Decimal:
    return Decimal("".join(str(words.ZH_DIGITS.get(digit, digit)) for digit in year))


def _zh_number(match: re.Match[str]) -> Reading | None:
    numeral, after = match["n"], match["u"] or ""
    value = zh_value(numeral)
    if value is None or numeral in "零〇":
        return None
    unit, size = UNITS_ZH.get(after) or UNITS_ZH.get(after.removeprefix("个")) or ("", Decimal(1))
    # A lone 百, 千 or 万 is rhetoric more often than a figure (百年, 万家).
    weak = numeral == "一" or (len(numeral) == 1 and numeral in "百千万亿")
    return Reading("number", (value * size,), unit, words.MEASURE_NOUNS.get(after, ""), weak)


def _en_number(match: re.Match[str]) -> Reading:
    numeral, after = match["n"], (match["u"] or "").lower()
    unit, size = UNITS_EN.get(after) or UNITS_EN.get(after.removesuffix("s")) or ("", Decimal(1))
    weak = numeral.lower() in ("one", "hundred", "thousand")
    return Reading("number", (en_value(numeral) * size,), unit, "", weak)


def _of(kind: str, value: Callable[[str], Decimal | None], noun: str = "") -> Callable[[re.Match[str]], Reading | None]:
    def read(match: re.Match[str]) -> Reading | None:
        values = [value(group) for group in match.groups() if group]
        return Reading(kind, tuple(v for v in values if v is not None), noun=noun) if None not in values else None

    return read


def _fixed(kind: str, *value: int, unit: str = "", noun: str = "", weak: bool = False) -> Callable[..., Reading]:
    return lambda _: Reading(kind, tuple(map(Decimal, value)), unit, noun, weak)


def _ratio(match: re.Match[str]) -> Reading:
    return Reading("ratio", tuple(map(Decimal, match[0].split(":"))))


def _fraction(match: re.Match[str]) -> Reading:
    below = match[2].lower().removesuffix("s")
    parts = {"quarter": Decimal(4)}.get(below) or en_value(below)
    return Reading("fraction", (parts, en_value(match[1]) or Decimal(1)))


def _idiom(_: re.Match[str]) -> None:
    return None


def _roman(numeral: str) -> Decimal:
    return Decimal(words.ROMAN[numeral.upper()]) if numeral.upper() in words.ROMAN else en_value(numeral)


def _rules(*rules: tuple[str, Callable[[re.Match[str]], Reading | None]]) -> tuple[Rule, ...]:
    return tuple((re.compile(pattern), read) for pattern, read in rules)


_RATIO = r"(?<![\d.:])\d+(?:\.\d+)?(?::\d+(?:\.\d+)?)+"
_ISO = rf"(?<!\d)(?P<y>{_YEAR})-(?P<m>\d\d?)-(?P<d>\d\d?)(?!\d)"
_PLAN_WORD = "规划|计划|时期|期间|普法|末|以来|开局|收官"

ZH_RULES = _rules(
    (rf"{_ZH_NOT_AFTER_NUMERAL}(?:{either(words.ZH_IDIOMS.split())})(?![钟之])", _idiom),
    (_ISO, _date),
    (rf"(?<!\d)(?P<y>{_YEAR}|{_ZH_DIGIT}{{4}}) ?年 ?(?P<m>{_DATE_PART}) ?月(?: ?(?P<d>{_DATE_PART}) ?[日号])?", _date),
    (rf"(?<!\d)(?P<m>{_DATE_PART}) ?月 ?(?P<d>{_DATE_PART}) ?[日号]", _date),
    (r"(?<![\d个])(?P<m>1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月(?!\d)", _date),
    *((f"(?<=[“「])(?:{day})(?=[”」])", _fixed("date", *value, unit="md")) for day, value in words.ZH_DAYS.items()),
    (rf"{_ZH_NOT_AFTER_NUMERAL}(十?[一二三四六七八九]|十|五)五(?=[”」]?(?:{_PLAN_WORD}))", _of("plan", zh_value)),
    (r"(?<=[“「])(十?[一二三四六七八九])五(?=[”」])", _of("plan", zh_value)),
    (_RATIO, _ratio),
    (rf"百分之({_ZH})|({_ZH})%", _of("percent", zh_value)),
    (rf"({_ZH})分之({_ZH})", _of("fraction", zh_value)),
    (rf"第 ?({_ZH}) ?(?:[{words.MEASURES}年])?", _of("ordinal", zh_value)),
    (r"首[个家批次位例座条只届部台艘]", _fixed("ordinal", 1)),
    (rf"^\s*[（(]?({_ZH})(?:[、)）]|\.(?!\d))", _of("ordinal", zh_value)),
    (rf"(?:^|(?<=[。;；,，:：、—]))({_ZH})是", _of("ordinal", zh_value)),
    (r"(十[一二三四五六七八九]|二十[一二三四五六七八九]?)大(?![中小型])", _of("ordinal", zh_value, "congress")),
    (rf"({_ZH})(?:{words.ZH_PLACES})(?![品业量能值出销区间程])", _of("ordinal", zh_value)),
    (rf"({_ZH})届(?={words.ZH_SESSION})", _of("ordinal", zh_value)),
    # A day of the month alone is its place in it: 11日, the 11th.
    (rf"(?<!\d)({_DATE_PART}) ?日(?![内以])", _of("ordinal", zh_value)),
    (rf"({_ZH}) ?周年", _of("ordinal", zh_value, "anniversary")),
    (rf"(?<!\d)({_YEAR}|{_ZH_DIGIT}{{4}}) ?年", _of("year", _zh_year)),
    (rf"(?<![\d.,])({_YEAR})(?![\d%余多万亿]|[.,]\d|[{words.MEASURES}]|{_UNIT_ZH})", _of("year", _zh_year)),
    (rf"(?P<n>{_ZH}) ?[余多]?(?P<u>{_UNIT_ZH}|[{words.MEASURES}])", _zh_number),
    (rf"(?P<n>{_ZH_MIXED}|{_HAN}{{2,}}{_ZH_HAN})(?P<u>)", _zh_number),
    # Inside a short quoted name a single numeral counts: “四史”, “两学一做”.
    (r"(?P<n>[二三四五六七八九十两])(?P<u>)(?=[^“”「」]{0,9}[”」])", _zh_number),
    *((word, _fixed("number", value, weak=True)) for word, value in words.ZH_WEAK.items()),
)

EN_RULES = _rules(
    (rf"(?i)\b(?:{words.EN_IDIOMS})\b", _idiom),
    (_ISO, _date),
    (rf"\b(?P<d>\d\d?)(?:st|nd|rd|th)? (?P<m>{_MONTH})(?:,? (?P<y>{_YEAR})\b)?", _date),
    (rf"\b(?P<m>{_MONTH}) (?P<d>\d\d?)(?:st|nd|rd|th)?\b(?:, (?P<y>{_YEAR})\b)?", _date),
    (rf"\b(?P<m>{_MONTH}),? (?P<y>{_YEAR})\b", _date),
    (
        rf"\b(?:[Ii]n|[Oo]f|[Ss]ince|[Uu]ntil|[Bb]y|[Ff]rom|to|and|[Ee]arly|[Ll]ate|[Tt]his|[Ll]ast) (?P<m>{_MONTH})",
        _date,
    ),
    (rf"(?i)({_EN_ORDINAL})[ -]five-year", _of("plan", en_value)),
    (_RATIO, _ratio),
    (rf"(?i)({_EN})\s?(?:%|per ?cent\b)", _of("percent", en_value)),
    (rf"(?i)\b({'|'.join(words.EN_DIGITS)})[ -]((?:third|quarter|fourth|fifth|tenth)s)\b", _fraction),
    (r"(?i)\b(one|a)[ -](third|quarter|fourth|fifth|tenth)\b", _fraction),
    (rf"(?i)\b(?:{words.EN_PLACES})\s?({_EN}|[IVX]+\b)", _of("ordinal", _roman)),
    (r"^\s*([IVX]+)\.\s", _of("ordinal", _roman)),
    (r"^\s*\(?(\d+)(?:\)|\.(?!\d))", _of("ordinal", en_value)),
    (rf"(?i)({_EN_ORDINAL}) anniversary", _of("ordinal", en_value, "anniversary")),
    (r"(?i)\bcentenary\b", _fixed("ordinal", 100, noun="anniversary")),
    *(
        (rf"(?i)\b{word} (?:sector|industr)", _fixed("ordinal", value))
        for value, word in enumerate(("primary", "secondary", "tertiary"), 1)
    ),
    (rf"(?i)({_EN_ORDINAL})", _of("ordinal", en_value)),
    (rf"(?i)(?<![\w.,$])({_YEAR})(?![\d%s]|[.,]\d| ?-?(?:{_EN_SCALE}|{_UNIT_EN}|{_NOUN_EN}))", _of("year", Decimal)),
    (rf"(?i)(?:US\$|\$)\s?(?P<n>{_EN_MONEY})(?P<u>)", lambda m: Reading("number", (en_value(m["n"]),), "USD")),
    (rf"(?i)(?:RMB|CNY|¥)\s?(?P<n>{_EN_MONEY})(?P<u>)", lambda m: Reading("number", (en_value(m["n"]),), "CNY")),
    (rf"(?i)(?P<n>{_EN})(?![\d]|s\b)(?:[ -]?(?P<u>{_UNIT_EN}))?", _en_number),
    (r"(?i)\btwice\b", _fixed("number", 2)),
    *((rf"(?i)\b{word}\b", _fixed("number", value, weak=True)) for word, value in words.EN_WEAK.items()),
)
