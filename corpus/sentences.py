"""Where sentences and clauses end, as spans that tile the text they are cut from.

Knows punctuation, Chinese and English, full-width and ASCII; knows nothing of documents.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.report import Span

_CLOSERS = "”’」』）)】》〉\"'"
_SENTENCE_END = re.compile(rf"(?:[。!?！？]+|…{{2,}}|(?<![\d\s.])\.(?=[{_CLOSERS}]*(?:\s|$)))[{_CLOSERS}]*")
_ABBREVIATION = re.compile(r"(?:\b[A-Z]|\b(?:Mr|Mrs|Ms|Dr|Prof|St|No|vs|etc|e\.g|i\.e))\.$")
_CONTINUES = frozenset("，,、；;：:")
_OPEN = dict(zip("“‘「『（(【《〈", "”’」』）)】》〉", strict=True))
_CLAUSE_END = frozenset("，；,;")


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> tuple[Span, ...]:
    """Cut `text[start:end]` into sentences.

    A sentence ends after 。 ! ? ！ ？ …… (or an English full stop) and the closing quotes and brackets that follow,
    unless a comma or colon shows that it goes on. White space between two sentences belongs to the first.

    Returns:
        Spans in order that tile `[start, end)` exactly; empty where `start == end`.
    """
    end = len(text) if end is None else end
    cuts = []
    for match in _SENTENCE_END.finditer(text, start, end):
        after = match.end()
        while after < end and text[after].isspace():
            after += 1
        if after < end and (text[after] in _CONTINUES or _ABBREVIATION.search(text, start, match.end())):
            continue
        cuts.append(after)
    return _tile(start, end, cuts)


def clause_spans(text: str, shortest: int = 8) -> tuple[Span, ...]:
    """Cut one sentence into clauses at ，；, ; outside quotes and brackets.

    Args:
        text: one sentence.
        shortest: a clause of fewer characters is joined to the one after it (the last, to the one before).

    Returns:
        Spans in order that tile `[0, len(text))` exactly.
    """
    kept: list[int] = []
    for cut in _clause_ends(text):
        if cut - (kept[-1] if kept else 0) >= shortest and len(text) - cut >= shortest:
            kept.append(cut)
    return _tile(0, len(text), kept)


def _clause_ends(text: str) -> Iterator[int]:
    last = {closer: text.rfind(closer) for closer in _OPEN.values()}
    closing: list[str] = []
    for at, char in enumerate(text):
        if closing and char == closing[-1]:
            closing.pop()
        elif char in _OPEN and last[_OPEN[char]] > at:
            closing.append(_OPEN[char])
        elif char in _CLAUSE_END and not closing and not _inside_number(text, at):
            after = at + 1
            while after < len(text) and text[after].isspace():
                after += 1
            yield after


def _inside_number(text: str, at: int) -> bool:
    return text[at] == "," and text[at - 1 : at].isdigit() and text[at + 1 : at + 4].isdigit()


def _tile(start: int, end: int, cuts: list[int]) -> tuple[Span, ...]:
    edges = sorted({start, end, *cuts})
    return tuple(Span(a, b) for a, b in zip(edges, edges[1:], strict=False))
