"""Sentences cut into chunks: the clauses that are embedded, each with the exact span it stands for.

A chunk lies inside one sentence. One vector for a 300-character sentence that lists a dozen measures answers nothing;
a sentence's dense score is the best of its clauses. Knows nothing of models beyond how long a text is in tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from langchain_text_splitters import TextSplitter

from corpus.report import Report, Span
from corpus.sentences import clause_spans
from index.chunk import Chunk, labelled, searched


class ClauseSplitter(TextSplitter):
    """Cuts a sentence into clauses that tile it; a clause longer than `max_tokens` is cut on."""

    def __init__(self, max_tokens: int, count_tokens: Callable[[str], int] = len, shortest: int = 8) -> None:
        """Lengths are in the encoder's tokens; `shortest` is in characters."""
        super().__init__(max_tokens, 0, count_tokens, add_start_index=True, strip_whitespace=False)
        self._shortest = shortest

    def split_text(self, text: str) -> list[str]:
        """Slices of `text`, in order, that join to it exactly."""
        clauses = (text[span.start : span.end] for span in clause_spans(text, self._shortest))
        return [piece for clause in clauses for piece in self.fit(clause)]

    def fit(self, clause: str) -> Iterator[str]:
        """Pieces of `clause`, each short enough to encode whole, that join to it exactly."""
        if len(clause) < 2 or self._length_function(clause) <= self._chunk_size:
            yield clause
            return
        middle = len(clause) // 2
        stops = [at for at, char in enumerate(clause[:-1], start=1) if char in "、 ,，/"]
        cut = min(stops, key=lambda at: abs(at - middle), default=middle)
        yield from self.fit(clause[:cut])
        yield from self.fit(clause[cut:])


def chunks(report: Report, splitter: ClauseSplitter) -> Iterator[Chunk]:
    """Every chunk of a report: the clauses of the source, then the English edition's parts where there is one."""
    for sentence in searched(report):
        for document in splitter.create_documents([sentence.text]):
            start = sentence.span.start + document.metadata["start_index"]
            span = Span(start, start + len(document.page_content))
            text = labelled(sentence, "zh", report.reading(span))
            yield Chunk(report.id, sentence.id, "zh", span.start, span.end, text)
        if report.edition is not None:
            for part in report.edition.renderings(sentence.id):
                for text in splitter.fit(labelled(sentence, "en", part.text)):
                    yield Chunk(report.id, sentence.id, "en", part.span.start, part.span.end, text)
