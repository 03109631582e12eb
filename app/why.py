"""Why these passages: the sentences that were ranked best for a question, with what put them there, as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import get_args

from app.reply import Answer
from app.words import both, html
from corpus.fold import fold
from corpus.report import Report, Sentence
from index.chunk import View, search_text
from index.hits import Hit
from index.lexical import QUESTION_TERMS
from index.tokens import english_terms

_SHOWN = 8
_LONGEST = 60
_COLUMNS = ("rank", "sentence", "answers", "score", "cosine", "bm25", "matched", "terms")
_HAN = re.compile("[㐀-鿿豈-﫿\U00020000-\U0003134f]+")


def drawer(answer: Answer, reports: Mapping[str, Report]) -> str:
    """The table, folded away; nothing where nothing was ranked."""
    if not answer.passages:
        return ""
    cited = {(citation.report, citation.sentence) for claim in answer.claims for citation in claim.citations}
    head = "".join(f'<th scope="col">{both(column)}</th>' for column in _COLUMNS)
    rows = "".join(_row(answer, hit, reports[hit.report], cited) for hit in answer.passages[:_SHOWN])
    return (
        f'<details class="wz-why"><summary>{both("why")}</summary><p class="wz-note">{both("why-how")}</p>'
        f'<div class="wz-table" tabindex="0"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
        "</details>"
    )


def shared_terms(question: str, report: Report, sentence: Sentence) -> tuple[str, ...]:
    """The words that a question shares with a sentence: runs of Chinese of two characters or more, then English stems.

    The runs are the longest ones, left to right; the characters and pairs that BM25 counts lie inside them.
    """
    folded = fold(question)
    chinese = fold(search_text(report, sentence, "zh"))
    known = set(QUESTION_TERMS["zh"](folded))
    runs = (run for piece in _HAN.findall(folded) for run in _longest_runs(piece, chinese))
    words = set(english_terms(search_text(report, sentence, "en"))) if report.edition is not None else set()
    stems = (stem for stem in english_terms(folded) if stem in words)
    telling = (run for run in runs if any(run[n : n + 2] in known for n in range(len(run))))
    return tuple(dict.fromkeys([*telling, *stems]))


def _longest_runs(piece: str, text: str) -> Iterator[str]:
    start = 0
    while start < len(piece) - 1:
        end = next((end for end in range(len(piece), start + 1, -1) if piece[start:end] in text), start)
        if end > start:
            yield piece[start:end]
        start = max(end, start + 1)


def _row(answer: Answer, hit: Hit, report: Report, cited: set[tuple[str, str]]) -> str:
    sentence = hit.sentence
    text = sentence.text.strip()
    excerpt = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    place = f'<a href="#{html(report.id)}/{html(sentence.id)}">{html(sentence.id)}</a>'
    mark = f" <b>{both('cited')}</b>" if (report.id, sentence.id) in cited else ""
    views = get_args(View)
    cells = (
        str(hit.rank),
        f'{place}{mark} <span lang="zh">{html(excerpt)}</span>',
        f"{hit.probability:.0%}",
        f"{hit.score:.3f}",
        " / ".join(f"{hit.cosine(view):.2f}" for view in views),
        " / ".join(f"{hit.lexical.get(view, 0):.1f}" for view in views),
        both(f"view-{hit.view}"),
        html(", ".join(shared_terms(answer.standalone_question or answer.question, report, sentence))),
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
