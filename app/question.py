"""What can be read off a question before anything is searched: whether it is one, its language, what it asks for.

Knows English and Chinese; knows nothing of reports.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from corpus.errors import UsageError

Amount = Literal["money", "share", "duration", "any"]
"""What kind of figure a question asks for."""

LONGEST = 5000
"""Characters at most: a pasted page, of which `app.pasted` takes the gist."""
_WORD = re.compile(r"[^\W\d_]+")
_EXAMPLE = 'Ask in English or Chinese, for example: "What does the plan say about clean heating?"'
_FIGURE_EN = re.compile(
    r"\bhow (?:many|much|long|far|large|big|high|often|old|tall|wide|fast)\b|\b(?:percentage|number|amount|total) of\b|"
    r"\bwhat (?:\w+ )?(?:percentage|percent|proportion|share|number|amount|figure|rate|area|length|ratio|total)\b|"
    r"\bwhat(?:'s| is| are| was| were) (?:[\w'’-]+ ){0,4}?(?:population|gdp|gnp|income|output|revenue|turnover|budget|"
    r"debt|deficit|price|salary|wage|height|length|size|area|distance|temperature)s?\b",
    re.IGNORECASE,
)
_AMOUNTS: dict[Amount, re.Pattern[str]] = {
    "money": re.compile(
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
        r"\bhow (?:long|many (?:hours|minutes|days|weeks|months))\b|多久|多长时间|几个?(?:小时|分钟|钟头|月)|几天",
        re.IGNORECASE,
    ),
}
_DATE_EN = re.compile(
    r"(?:^|[.?!,;] *|\band )(?:since |by |from |until )?when\b|\b(?:what|which) (?:year|date|month|day)\b",
    re.IGNORECASE,
)
_DATE_ZH = re.compile("什么时候|何时|哪(?:一)?[年天月]|几时|几月")
_FIGURE_ZH = re.compile(r"多少|几(?!乎|何)|多大|多长|多高|多远|多久|比例|占比|百分之|总量|总额|数量|面积")
# Ways to say that the report is asked; what is left is what it is asked about.
_ABOUT_EN = re.compile(
    r"\b(?:what|how) (?:does|do|did|has|have|is|was) (?:the |this |that )?(?:\w+ ){0,2}?"
    r"(?:report|plan|document|speech|it) (?:say|said|mention|mentioned|plan|state|stated|have to say|tell us)"
    r"(?: \w+)?? (?:about|on|regarding|concerning)\b|"
    r"\bwhat (?:is|was) (?:said|mentioned|planned|stated) (?:\w+ )??(?:about|on|for|regarding)\b|"
    r"\b(?:according to|based on|in) (?:the|this) (?:report|plan|document|speech)\b,?|"
    r"\b(?:does|did) (?:the|this) (?:report|plan|document|speech) (?:say|mention|state)(?: anything about| that)?\b|"
    r"^(?:please )?(?:tell me|explain|describe)(?: more)? (?:about )?|^(?:(?:and|but|or|so) )?(?:what|how) about ",
    re.IGNORECASE,
)
_ABOUT_ZH = re.compile(
    "(?:请问|请)?(?:根据|按照|依据)?(?:这份|这个|该|本|此|政府工作)?(?:报告|规划|计划|文件|讲话)(?:里面|里|中|内|上)?"
    "(?:是|对此|对|就)?(?:怎么|怎样|如何|具体)?(?:说|讲|提|谈|写|规定|要求|安排)(?:出|到|及|过|了|的)*(?:哪些|什么|没有|吗)?"
    "|^(?:请问|请)?(?:关于|有关|对于)|(?:报告|规划|计划)(?:里面|里|中)(?:对|就|关于)?|(?:是)?(?:怎么|怎样|如何)(?:说|讲|安排|规定|提)(?:到)?的?"
)
_LIST_EN = re.compile(
    r"\b(?:what|which) (?:\w+ ){0,3}?(?:are|were)\b|\b(?:which|list|name)\b|"
    r"\bwhat (?!is\b|was\b|does\b|has\b)(?:\w+ )?\w+s\b",
    re.IGNORECASE,
)
_LIST_ZH = re.compile("哪些|哪几|哪[一二两三四五六七八九十]|哪方面|分别|列出|有什么|包括什么|包含什么")


def clean(text: str) -> str:
    """A question without control characters and surrounding white space.

    Raises:
        UsageError: nothing is left, it has no words, or it is longer than `LONGEST` characters.
    """
    question = tidy(text)
    if not question:
        raise UsageError("The question is empty.", _EXAMPLE)
    if len(question) > LONGEST:
        raise UsageError(f"The question has {len(question)} characters; at most {LONGEST} can be asked.", "Shorten it.")
    if not _WORD.search(question):
        raise UsageError(f"There are no words in {question[:20]!r}.", _EXAMPLE)
    return question


def tidy(text: str) -> str:
    """Text without control characters and lone surrogates, its white space single spaces."""
    kept = "".join(char if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn") else " " for char in text)
    return " ".join(kept.split())


def subject(question: str) -> str:
    """What a question is about, without the words that say the report is asked; all of it where nothing is left."""
    rest = _ABOUT_ZH.sub(" ", _ABOUT_EN.sub(" ", question))
    stripped = " ".join(rest.strip(" ,，?？。.!！:：").split())
    return stripped if rest != question and _WORD.search(stripped) else question


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
