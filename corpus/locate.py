"""Where a quotation stands in a report: to the character, or, where it does not, but for ways of writing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from corpus.fold import fold
from corpus.report import Report, Sentence, Span


@dataclass(frozen=True, slots=True)
class Place:
    """Where a quotation stands.

    Attributes:
        span: in the report's source.
        exact: whether the characters there are the quotation's; else they are the same only when both are folded
            (`corpus.fold`) and white space is left out.
        sentences: those that the span touches, in document order; none in the page's furniture, which nobody can cite.
    """

    span: Span
    exact: bool
    sentences: tuple[Sentence, ...]


def locate(report: Report, quote: str) -> tuple[Place, ...]:
    """Every place of a quotation, in document order: the exact ones, or where there is none, the folded ones."""
    wanted = quote.strip()
    exact = [Span(at, at + len(wanted)) for at in _occurrences(report.source, wanted)]
    return tuple(_place(report, span, bool(exact)) for span in exact or _folded(report.source, wanted))


def _place(report: Report, span: Span, exact: bool) -> Place:
    return Place(span, exact, tuple(s for s in report.sentences if s.span.overlaps(span)))


def _folded(source: str, quote: str) -> Iterator[Span]:
    """Characters are folded one by one, so that each folded character knows where it comes from."""
    text, origins = _spread(source)
    for at in _occurrences(text, _spread(quote)[0]):
        end = at + len(_spread(quote)[0]) - 1
        yield Span(origins[at], origins[end] + 1)


@lru_cache(maxsize=8)
def _spread(text: str) -> tuple[str, tuple[int, ...]]:
    """The folded text without white space, and for each of its characters the offset it comes from."""
    pairs = [(char, at) for at, raw in enumerate(text) for char in _fold_one(raw) if not char.isspace()]
    return "".join(char for char, _ in pairs), tuple(at for _, at in pairs)


@lru_cache(maxsize=1 << 16)
def _fold_one(char: str) -> str:
    return fold(char)


def _occurrences(text: str, wanted: str) -> Iterator[int]:
    at = text.find(wanted) if wanted else -1
    while at >= 0:
        yield at
        at = text.find(wanted, at + len(wanted))
