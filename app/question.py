"""What can be read off a question before anything is searched: whether it is one, and what it is about.

Knows English and Chinese; knows of reports only the names of their places.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from corpus.errors import UsageError
from corpus.report import Place
from index.tokens import language

LONGEST = 5000
"""Characters at most: a pasted page, of which `app.pasted` takes the gist."""
_WORD = re.compile(r"[^\W\d_]+")
_EXAMPLE = 'Ask in English or Chinese, for example: "What does the plan say about clean heating?"'
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


def unplaced(question: str, places: Iterable[Place]) -> str:
    """A folded question with "the city" for the place that all of the report is about."""
    lang = language(question)
    for place in places:
        names = "|".join(map(re.escape, place.names))
        stands = (place.zh if lang == "zh" else place.en).replace("\\", r"\\")
        question = re.sub(rf"(?<![A-Za-z])(?:the )?(?:{names})(?![A-Za-z])", stands, question, flags=re.IGNORECASE)
    return question
