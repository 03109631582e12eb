"""What a question needs that a sentence can plainly have or lack: a figure of a kind, a date, a list, numbers, names.

Knows English and Chinese; knows no topics.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Literal

from corpus.figures import Figure, figures
from corpus.fold import fold
from corpus.report import Report, Sentence
from index.chunk import search_text
from index.places import is_spoken_of, places
from index.tokens import language

Amount = Literal["money", "share", "duration", "people", "any"]
"""What kind of figure a question asks for."""

_FIGURE_EN = re.compile(
    r"\bhow (?:many|much|long|far|large|big|high|often|old|tall|wide|fast)\b|\b(?:percentage|number|amount|total) of\b|"
    r"\bwhat (?:\w+ )?(?:percentage|percent|proportion|share|number|amount|figure|rate|area|length|ratio|total)\b|"
    r"\bwhat(?:'s| is| are| was| were) (?:[\w'’-]+ ){0,4}?(?:population|gdp|gnp|income|output|revenue|turnover|budget|"
    r"debt|deficit|price|salary|wage|height|length|size|area|distance|temperature)s?\b",
    re.IGNORECASE,
)
_AMOUNTS: dict[Amount, re.Pattern[str]] = {
    "money": re.compile(
        r"\bwhat (?:will|would|do|does|did) (?:[\w'’-]+ ){1,6}?(?:cost|charge)\b|"
        r"\bwhat (?:is|are) (?:[\w'’-]+ ){1,4}?(?:charged|paid)\b|"
        r"\bhow much (?:money\b|.*\b(?:costs?|spen[dt]|paid|invest(?:ed)?|worth)\b)|"
        r"多少(?:钱|资金|投资|经费|(?:亿|万)?元)|(?:投资|造价|成本|预算|花费|资金)(?:一共|总共|总额)?(?:是|有|为|花了|达到?)?多少",
        re.IGNORECASE,
    ),
    "share": re.compile(
        r"\b(?:percentage|percent|proportion|share|ratio)\b|\b\w+ rate\b|"
        r"百分之几|比例|占比|比重|几成|率(?:是|有|为|达到?)?多少",
        re.IGNORECASE,
    ),
    "duration": re.compile(
        r"\bhow (?:long|many (?:hours|minutes|days|weeks|months))\b|"
        "多久|(?<!隔)多长时间|几个?(?:小时|分钟|钟头|月)|几天",
        re.IGNORECASE,
    ),
    "people": re.compile(
        r"\bwhat(?:'s| is| was) (?:[\w'’-]+ ){0,4}?population\b|"
        "人口(?:总数|总量|数量|规模)?(?:一共|总共|大概|大约)?(?:是|有|为|达到?)?(?:多少|几)|(?:多少|几万?)人口",
        re.IGNORECASE,
    ),
}
_DATE_EN = re.compile(
    r"(?:^|[.?!,;] *|\band )(?:since |by |from |until )?when\b|\b(?:what|which) (?:year|date|month|day)\b",
    re.IGNORECASE,
)
_DATE_ZH = re.compile("什么时候|何时|哪(?:一)?[年天月]|几时|几月")
_HOW_MANY_ZH = "多少|(?<![这那前近头哪好十])(?<![今以]后)(?<!未来|过去)几(?!乎|何|年来)"
_FIGURE_ZH = re.compile(rf"{_HOW_MANY_ZH}|多大|(?<!隔)多长|多高|多远|多久|比例|占比|百分之|总量|总额|数量|面积")
_LIST_EN = re.compile(
    r"\b(?:what|which) (?:\w+ ){0,3}?(?:are|were)\b|\b(?:which|list|name)\b|"
    r"\bwhat (?:two|three|four|five|six|seven|eight|nine|ten)\b|"
    r"\bwhat (?!is\b|was\b|does\b|has\b)(?:\w+ )?\w+s\b",
    re.IGNORECASE,
)
_LIST_ZH = re.compile("哪些|哪几|哪[一二两三四五六七八九十]|哪方面|分别|列出|有什么|包括什么|包含什么")
_SHARES = ("percent", "ratio", "fraction")
_FITS: dict[Amount, Callable[[Figure], bool]] = {
    "money": lambda figure: figure.unit == "CNY" or figure.kind in _SHARES,
    "share": lambda figure: figure.kind in _SHARES,
    "duration": lambda figure: figure.unit in ("year", "month", "week", "day", "hour", "minute"),
    "people": lambda figure: figure.kind == "number" and not figure.unit and figure.noun in ("", "person"),
    "any": lambda figure: figure.kind in ("number", *_SHARES),
}
_HOW_MANY = {
    "zh": re.compile(_HOW_MANY_ZH),
    "en": re.compile(r"\bhow many(?: more| new| other)?\b", re.IGNORECASE),
}
_DIMENSIONS = dict.fromkeys(("m", "km"), "length") | dict.fromkeys(("km2", "mu", "ha"), "area")
_BEINGS = {"person": ("person", "case"), "household": ("household",)}
"""Nouns that are told apart → those that count the same: people who fell ill are counted as cases (7例)."""
_NAME = re.compile(r"(?<!^)(?<![.?!:;。？！] )(?<![\w'])[A-Z][\w&]*[\w]")
_ACRONYM = re.compile("[A-Za-z]{2,}")
_FUTURE = re.compile(
    r"\b(?:will|going to|plans? to|planned|by 20\d\d|targets?|goals?|aims?|next|future|ahead|intends?|should|still to|"
    r"left to|yet to|to be|meant to)\b|"
    r"将|计划|打算|目标|到20\d\d年|今后|未来|下一步|(?:^|[,;:。?!那])以后|以后(?:[的要会想]|打算|准备|怎么)|力争|准备|明年|"
    r"往后|后面|接下来|要(?![求点])",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:did|was|were|(?:had|has|have)(?! to\b)|past|last|so far|already|achieved|previous)\b|"
    r"过去|已经|之前|来,|取得|完成了|曾|以来|去年|了多少|[了过]吗?[?？]?$",
    re.IGNORECASE,
)
_ONE = re.compile(
    r"\b(?:who|whose|where)\b|\bwhich (?!\w+s\b)\w+|谁|哪(?:一)?[个位家座里儿]|什么地方|哪位", re.IGNORECASE
)
_BY_NAME = re.compile(r"\beach (?:one|of)\b|\bnames? of\b|\bcalled\b|每一?[个条项家所]|叫什么", re.IGNORECASE)
_PAIR, _TITLES = re.compile("[和与及]"), re.compile("[“《]")
_MOST_ITEMS = 20
_ITEMS = re.compile("[一二三四五六七八九十](?:是|,)|[①-⑨]")
_DAYS = tuple(
    re.compile(day, re.IGNORECASE)
    for day in (
        r"\btomorrow\b|(?<![文光透声说证])明[天早晚]|(?<![今以往先之])后天",
        r"\byesterday\b|昨[天晚]",
        r"\btonight\b|今晚",
        r"\bnext week\b|(?<![地以桥之])下周(?![边转围])",
        r"\blast week\b|(?<!以)上周(?![边转围])",
    )
)
_BACK = re.compile("回顾|过去|以来|工作情况|总结|历程")


def asks_for_list(question: str) -> bool:
    """Whether several things are asked for ("what are the six …", "…有哪些")."""
    return bool(_LIST_EN.search(question) or _LIST_ZH.search(question))


def asks_for_figure(question: str) -> Amount | None:
    """The kind of figure that alone can answer it ("how many …", "…多少"); None where none is asked for."""
    for kind, pattern in _AMOUNTS.items():
        if pattern.search(question):
            return kind
    return "any" if _FIGURE_EN.search(question) or _FIGURE_ZH.search(question) else None


def asks_for_date(question: str) -> bool:
    """Whether only a date or a year can answer it ("when …", "…哪一年")."""
    return bool(_DATE_EN.search(question) or _DATE_ZH.search(question))


def asks_for_one_fact(question: str) -> bool:
    """Whether one figure, date, person or place is the answer, and no list."""
    one = asks_for_figure(question) or asks_for_date(question) or _ONE.search(question)
    return bool(one) and not asks_for_list(question)


def compares_times(question: str) -> bool:
    """Whether both what has been and what is to come are asked for."""
    return bool(_FUTURE.search(question) and _PAST.search(question))


def time_asked(question: str) -> int:
    """1 where a question asks for what is to come, -1 for what has been, 0 where it does not say or asks for both."""
    return bool(_FUTURE.search(question)) - bool(_PAST.search(question))


def gives_figure(question: str, sentence: Sentence, report: Report) -> bool:
    """Whether a sentence has a figure of the kind asked for, and one that the question does not itself give."""
    text = report.reading(sentence.span)
    found = (one for one in _figures(report, sentence) if not _is_called_so(one, text))
    return bool(_fitting(question, _FITS[asks_for_figure(question) or "any"], found))


def answering_figures(question: str, text: str) -> list[Figure]:
    """The figures of a Chinese text that can answer a question that asks for a figure or a date; none for another."""
    kind = asks_for_figure(question)
    if kind is not None:
        found = (one for one in figures(text, "zh") if not _is_called_so(one, text))
        return _fitting(question, _FITS[kind], found)
    return _fitting(question, _is_date, figures(text, "zh")) if asks_for_date(question) else []


def _is_counted_so(question: str, figure: Figure) -> bool:
    """Whether a figure measures what is asked for (多少平方公里), and counts people or households where they are."""
    lang = language(question)
    how_many = _HOW_MANY[lang].search(question)
    if how_many is None:
        return True
    asked = f"{question[: how_many.start()]}3{question[how_many.end() :].replace('人家', '户')}"
    counts = [one for one in _read_figures(asked, lang) if one.start == how_many.start()]
    return all(
        _DIMENSIONS.get(one.unit, one.unit) in ("", _DIMENSIONS.get(figure.unit, figure.unit))
        and (one.noun not in _BEINGS or figure.noun in ("", *_BEINGS[one.noun]))
        for one in counts
    )


def gives_date(sentence: Sentence, report: Report) -> bool:
    """Whether a sentence has a year, a date or a span of years."""
    return any(map(_is_date, _figures(report, sentence)))


def gives_list(sentence: Sentence) -> bool:
    """Whether a sentence enumerates: three things or more between 、, or items 一是, 二是."""
    return sentence.text.count("、") > 1 or bool(_ITEMS.search(sentence.text))


def lacks_items(question: str, texts: Sequence[str]) -> bool:
    """Whether so many things are asked for one by one (which four roads?) and these Chinese texts name fewer."""
    if not (asks_for_list(question) or _BY_NAME.search(question)):
        return False
    counts = [one for one in _read_figures(question, language(question)) if one.kind == "number" and not one.unit]
    asked = min((one.value[0] for one in counts if 1 < one.value[0] <= _MOST_ITEMS), default=0)
    named = (max(text.count("、") + 1, len(_TITLES.findall(text)), 2 * bool(_PAIR.search(text))) for text in texts)
    return max(len(texts), *named, 0) < asked


def time_of(sentence: Sentence, report: Report) -> int:
    """-1 where a sentence stands in the part that looks back, 1 in a later part, 0 where no part looks back."""
    tops = [section for section in report.sections if "." not in section.path]
    back = next((int(section.path) for section in tops if _BACK.search(section.heading.text)), None)
    part = int(sentence.section.split(".")[0])
    return 0 if back is None or part < back else 1 if part > back else -1


def named(question: str, reports: Iterable[Report]) -> list[str]:
    """The names in Latin letters and the places that a question gives and the texts of these reports could spell."""
    if language(question) == "zh":
        return [*_ACRONYM.findall(question), *places(question)]
    return [] if any(report.edition is None for report in reports) else _NAME.findall(question)


def unmet(question: str, sentences: Sequence[tuple[Report, Sentence]]) -> tuple[bool, bool, bool, bool]:
    """Which plain needs of a question some sentences leave unmet.

    Returns:
        A figure that the question does not itself give; a date; the figures that it gives; the names that it gives
        or the days that it counts from today. Names and figures may also stand in the title block or the description of
        the sentences' reports.
    """
    cited = list({report.id: report for report, _ in sentences}.values())
    cited_at = [*sentences, *((report, s) for report in cited for s in report.sentences if s.id.startswith("h"))]
    about = [value for report in cited for value in report.about.values()]
    words = fold(" ".join([search_text(*place, view) for place in cited_at for view in ("zh", "en")] + about)).lower()
    given = {figure.value for place in cited_at for figure in _figures(*place)}
    asked = [f for f in _read_figures(question, language(question)) if not f.weak and f.unit != "year"]
    return (
        asks_for_figure(question) is not None and not any(gives_figure(question, s, r) for r, s in sentences),
        asks_for_date(question) and not any(gives_date(s, r) for r, s in sentences),
        any(figure.value not in given for figure in asked),
        any(not is_spoken_of(name.lower().removesuffix("s"), words) for name in named(question, cited))
        or any(day.search(question) and not day.search(words) for day in _DAYS),
    )


def _fitting(question: str, fits: Callable[[Figure], bool], found: Iterable[Figure]) -> list[Figure]:
    """Those that fit and are not given by the question itself."""
    given = {figure.value for figure in _read_figures(question, language(question))}
    new = (figure for figure in found if fits(figure) and not figure.weak and figure.value not in given)
    return [figure for figure in new if _is_counted_so(question, figure)]


def _is_called_so(figure: Figure, text: str) -> bool:
    """Whether a figure is all of a name in quotes, as the hotline “12345” is."""
    return text[: figure.start].endswith("“") and text[figure.end :].startswith("”")


def _is_date(figure: Figure) -> bool:
    return figure.kind in ("year", "date", "plan") or figure.unit == "year"


def _figures(report: Report, sentence: Sentence) -> tuple[Figure, ...]:
    return _read_figures(report.reading(sentence.span), "zh")


@lru_cache(maxsize=8192)
def _read_figures(text: str, lang: Literal["zh", "en"]) -> tuple[Figure, ...]:
    return figures(text, lang)
