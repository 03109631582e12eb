"""What can be read off a question before anything is searched: whether it is one, its language, what it asks for.

Knows English and Chinese; knows nothing of reports.
"""

from __future__ import annotations

import re
import unicodedata

from corpus.errors import UsageError

LONGEST = 1000
_WORD = re.compile(r"[^\W\d_]+")
_EXAMPLE = 'Ask in English or Chinese, for example: "What does the plan say about clean heating?"'
_FIGURE_EN = re.compile(
    r"\bhow (?:many|much|long|far|large|big|high|often|old|tall|wide|fast)\b|\b(?:percentage|number|amount|total) of\b|"
    r"\bwhat (?:\w+ )?(?:percentage|percent|proportion|share|number|amount|figure|rate|area|length|ratio|total)\b",
    re.IGNORECASE,
)
_DATE_EN = re.compile(
    r"(?:^|[.?!,;] *|\band )(?:since |by |from |until )?when\b|\b(?:what|which) (?:year|date|month|day)\b",
    re.IGNORECASE,
)
_DATE_ZH = re.compile("什么时候|何时|哪(?:一)?[年天月]|几时|几月")
_FIGURE_ZH = re.compile(r"多少|几(?!乎|何)|多大|多长|多高|多远|多久|比例|占比|百分之|总量|总额|数量|面积")


def clean(text: str) -> str:
    """A question without control characters and surrounding white space.

    Raises:
        UsageError: nothing is left, it has no words, or it is longer than `LONGEST` characters.
    """
    kept = "".join(char if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn") else " " for char in text)
    question = " ".join(kept.split())
    if not question:
        raise UsageError("The question is empty.", _EXAMPLE)
    if len(question) > LONGEST:
        raise UsageError(f"The question has {len(question)} characters; at most {LONGEST} can be asked.", "Shorten it.")
    if not _WORD.search(question):
        raise UsageError(f"There are no words in {question[:20]!r}.", _EXAMPLE)
    return question


def asks_for_figure(question: str) -> bool:
    """Whether only a figure can answer it ("how many …", "…多少")."""
    return bool(_FIGURE_EN.search(question) or _FIGURE_ZH.search(question))


def asks_for_date(question: str) -> bool:
    """Whether only a date or a year can answer it ("when …", "…哪一年")."""
    return bool(_DATE_EN.search(question) or _DATE_ZH.search(question))
