"""A question that leans on the ones before it → a question that stands alone, short enough to be shown.

What is left unsaid is taken from the question before, itself made to stand alone first; what is said replaces its like.
Where the conversation changes its language, the earlier question is carried over as it is: the encoder reads both.
Knows nothing of reports; how English and Chinese point back is in `followup_en` and `followup_zh`.
"""

from __future__ import annotations

from collections.abc import Sequence

from app import followup_en, followup_zh
from app.smalltalk import kind
from corpus.fold import fold
from index.tokens import language

_FURTHEST = 8
"""How many earlier questions are looked back at."""
_LITTLE = {"zh": 5, "en": 4}
"""Content words (en), or characters of nouns (zh), of a question that says little."""
_NOTHING = 2


def leans(question: str, lang: str) -> bool:
    """Whether a question points back at an earlier one ("and schools?", "那学校呢")."""
    asked = fold(question).strip()
    return followup_zh.leans(asked) if lang == "zh" else followup_en.leans(asked)


def says_little(question: str) -> bool:
    """Whether a question has so few words of its own that, after another, it is likely to be about the same."""
    return _content(question) <= _LITTLE[language(question)]


def says_nothing(question: str) -> bool:
    """Whether it has hardly any, and can mean nothing by itself ("how come?", "花了多少钱")."""
    return _content(question) <= _NOTHING


def _content(question: str) -> int:
    asked = fold(question).strip()
    return followup_zh.content(asked) if language(question) == "zh" else followup_en.content(asked)


def after(question: str, history: Sequence[str]) -> str:
    """The question after those before it, back to the last that leans on nothing; itself where there are none."""
    said = [asked.strip() for asked in history if asked.strip() and not kind(asked)][-_FURTHEST:]
    full = [n for n, asked in enumerate(said) if not leans(asked, language(asked))]
    return " ".join([*said[full[-1] if full else 0 :], question])


def standalone(question: str, history: Sequence[str], lang: str) -> str:
    """The question with what it leaves unsaid.

    Args:
        question: as asked.
        history: the user's earlier questions, oldest first.
        lang: of the question, `zh` or `en`.

    Returns:
        The question itself where it stands alone or nothing was asked before.
    """
    anchor = ""
    for earlier in [asked for asked in history if asked.strip() and not kind(asked)][-_FURTHEST:]:
        spoken = language(earlier)
        if not anchor or not leans(earlier, spoken):
            anchor = earlier.strip()
        elif language(anchor) == spoken:
            anchor = _complete(earlier, anchor, spoken)
    if not anchor or not leans(question, lang):
        return question
    return _complete(question, anchor, lang) if language(anchor) == lang else f"{anchor} {question.strip()}"


def _complete(question: str, anchor: str, lang: str) -> str:
    rewrite = followup_zh.rewrite if lang == "zh" else followup_en.rewrite
    return rewrite(question.strip(), anchor) or f"{anchor} {question.strip()}"
