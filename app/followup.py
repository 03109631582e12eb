"""A question that leans on the ones before it → a question that stands alone.

Knows the words by which English and Chinese point back; knows nothing of reports.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.fold import fold
from index.tokens import language

_LEANS_EN = re.compile(
    r"^\s*(?:and|but|or|also|then|what about|how about|what else|anything else|the same)\b"
    r"|^\s*(?:why|when|where|who|how many|how much|by when|since when)\b[^.?!]{0,8}\??\s*$"
    r"|\b(?:it|its|they|their|them|those|these|there|that one|this one|the former|the latter)\b",
    re.IGNORECASE,
)
_LEANS_ZH = re.compile(
    r"^\s*(?:那|那么|还有|其中|另外|它|他们|她们|它们|这(?![份个次]?报告)|该|此|上述|前者|后者|同样|再)|呢\s*[?？]?\s*$"
    r"|^.{0,6}(?:它|它们|他们|这些|那些|上述|前者|后者)"
    r"|^\s*(?:为什么|什么时候|在哪里|在哪|多少|几个|谁|怎么|如何|有哪些|哪些|是什么)[^，,]{0,4}\s*[?？]?\s*$"
)
_EXISTENTIAL = re.compile(
    r"\b(?:is|are|was|were|will) there\b|\bthere (?:is|are|was|were|will)\b|\bits own\b", re.IGNORECASE
)


def leans(question: str, lang: str) -> bool:
    """Whether a question points back at an earlier one ("and schools?", "那学校呢")."""
    question = fold(question)
    if lang == "zh":
        return bool(_LEANS_ZH.search(question))
    return bool(_LEANS_EN.search(_EXISTENTIAL.sub("", question)))


def standalone(question: str, history: Sequence[str], lang: str) -> str:
    """The question with as much of the history as it leans on, oldest first.

    Args:
        question: as asked.
        history: the user's earlier questions, oldest first.
        lang: of the question, `zh` or `en`.

    Returns:
        The question itself where it stands alone or nothing was asked before; else the last earlier question that
        stands alone, and the question.
    """
    asked = [earlier for earlier in history if earlier.strip()]
    if not asked or not leans(question, lang):
        return question
    anchor = next((earlier for earlier in reversed(asked) if not leans(earlier, language(earlier))), asked[0])
    return f"{anchor.strip()} {question.strip()}"
