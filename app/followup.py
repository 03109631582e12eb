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


def leans(question: str, lang: str) -> bool:
    """Whether a question points back at an earlier one ("and schools?", "那学校呢")."""
    asked = fold(question).strip()
    return followup_zh.leans(asked) if lang == "zh" else followup_en.leans(asked)


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
