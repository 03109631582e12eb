"""A list that a report spells out in one paragraph: 一是 …, 二是 …, or short sentences that begin alike.

坚决守好政治安全。… 坚决守好经济安全。… names five kinds of security; what stands between them is about each.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus.figures import figures
from corpus.report import Report, Sentence
from index.hits import Hit
from index.tokens import language

_ITEM = re.compile(r"第?[一二三四五六七八九十]+(?:是(?!个|种|条)|[,，、])|[(（]\d+[)）]|首先|其次|再次|最后")
_ALIKE, _SHORT, _FEWEST = 4, 16, 3
_LOOKED_AT, _SHARE = 10, 0.5


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of a report.

    Attributes:
        report: its id.
        opening: the sentence before the first item, which says what is listed; None where nothing is before it.
        items: a sentence for each, at least two.
    """

    report: str
    opening: Sentence | None
    items: tuple[Sentence, ...]

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """Opening and items."""
        return (*((self.opening,) if self.opening else ()), *self.items)


def listings(report: Report, paragraph: str) -> list[Listing]:
    """The lists of one paragraph of a report: of numbered items, then of short sentences with the same beginning."""
    sentences = [s for s in report.paragraph(paragraph).sentences if s.kind in ("body", "heading")]
    kinds = [[s for s in sentences if _ITEM.match(s.text)]]
    short = [s for s in sentences if len(s.text.strip()) <= _SHORT]
    counts = Counter(s.text[:_ALIKE] for s in short)
    kinds += [[s for s in short if s.text[:_ALIKE] == start] for start, n in counts.items() if n >= _FEWEST]
    return [Listing(report.id, _before(some[0], sentences), tuple(some)) for some in kinds if len(some) > 1]


def _before(first: Sentence, sentences: Sequence[Sentence]) -> Sentence | None:
    n = sentences.index(first)
    return sentences[n - 1] if n else None


def asked_for(
    question: str, close: Sequence[Hit], hits: Sequence[Hit], reports: Mapping[str, Report]
) -> Listing | None:
    """The list that a question asks for, if any; of several, the likeliest.

    One of the `close` hits opens it; or two of them are of it, or the question says how many things there are, and what
    is of it among the first hits is together at least half as likely as the best hit.
    """
    first = hits[:_LOOKED_AT]
    said = {count for f in figures(question, language(question)) if not f.unit for count in f.value}
    near = {(hit.report, hit.sentence.id) for hit in close}
    found: list[tuple[float, Listing]] = []
    for report, paragraph in dict.fromkeys((hit.report, hit.sentence.paragraph) for hit in first):
        for listing in listings(reports[report], paragraph):
            own = {(report, sentence.id) for sentence in listing.sentences}
            likely = sum(hit.probability for hit in first if (hit.report, hit.sentence.id) in own)
            is_opened = listing.opening is not None and (report, listing.opening.id) in near
            is_meant = len(own & near) > 1 or len(listing.items) in said
            if is_opened or (is_meant and likely >= _SHARE * hits[0].probability):
                found.append((likely, listing))
    return max(found, key=lambda pair: pair[0], default=(0.0, None))[1]
