"""A pasted paragraph → the sentence of it to search with: the question that it asks, else what it is mostly about."""

from __future__ import annotations

import re

from corpus.fold import fold
from corpus.sentences import sentence_spans
from index.encode import Encoder

_PASTED = 240
"""More than so many characters, in more than one sentence, is no question; a Chinese character counts three."""
_HAN = re.compile("[\u3400-\u9fff]")
_MOST, _READ, _LONGEST = 12, 100, 300
_ASKS = re.compile(r"[?？][”’」』）)\"']*\s*$")


def gist(text: str, encoder: Encoder) -> str:
    """The sentence of a pasted paragraph that is to be searched for; a question of ordinary length as it is.

    That is the last question that it asks; else, of `_MOST` sentences evenly chosen, the one nearest to all of them
    together (the cosine of its first `_READ` characters with the mean of their vectors), the earlier of equals.
    """
    if len(text) + 2 * len(_HAN.findall(text)) <= _PASTED:
        return text
    sentences = [text[span.start : span.end].strip() for span in sentence_spans(text)]
    if asked := [sentence for sentence in sentences if _ASKS.search(sentence)]:
        return asked[-1][:_LONGEST]
    some = sentences[:: -(-len(sentences) // _MOST)]
    rows = encoder.encode([fold(sentence[:_READ]) for sentence in some])
    return some[int((rows @ rows.mean(axis=0)).round(5).argmax())][:_LONGEST]
