"""A question → a proved answer or an honest refusal: the product's story, top to bottom.

follow-up → search → does anything here answer it? → the sentences that do → claims → verify. What does not verify is
not shown. Knows nothing of terminals or pages; `render` does.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Literal

from app import extract, smalltalk
from app.abstain import Calibration, signs
from app.citation import Claim, verify
from app.followup import after, says_little, says_nothing, standalone
from app.parts import is_thin, parts
from app.pasted import gist
from app.question import LONGEST, clean, subject, tidy, unplaced
from app.reply import Answer
from app.spelling import Speller
from corpus.errors import WenzhengError
from corpus.fold import fold
from index.hits import Found
from index.search import Searcher
from index.tokens import language

_REFUSAL = {"en": "The report does not say.", "zh": "报告没有说明。"}
_UNOFFICIAL = "The English is an unofficial reference translation; the Chinese is the authority."
_UNTRANSLATED = "Where no English translation is available, the answer quotes the Chinese."
_SHOWN, _LOOKED_AT = 20, 40
_MUCH, _OFF_TOPIC = 1.0, -3.0
"""How much likelier (log-odds) a short question in a conversation is taken alone; under which it is off the topic."""
_LEFT_OUT = {"en": "To this part, nothing was found that answers it: {}", "zh": "这一部分没有找到答案:{}"}
_DROPPED = {
    "en": "A sentence was left out because it could not be proved against the source.",
    "zh": "有一句未能与原文核对一致,已略去。",
}


@dataclass(frozen=True, slots=True)
class _Tried:
    found: Found
    picks: tuple[extract.Pick, ...]
    confidence: float
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Turn:
    """What stays the same while a question is tried in several ways.

    Attributes:
        report: the only one to answer from, if any.
        timings: of the stages, in milliseconds; added to.
        find: what to search for, and the question in full → what is found; each is searched once.
    """

    report: str | None
    timings: dict[str, float]
    find: Callable[[str, str], Found]


class Answerer:
    """Answers questions over the reports of one open index."""

    def __init__(self, searcher: Searcher, calibration: Calibration, language: str = "auto") -> None:
        """Answer in the language of the question (`auto`), or always in `zh` or `en`."""
        self.searcher = searcher
        self.calibration = calibration
        self.language = language
        self._speller = Speller(searcher.reports.values(), searcher.encoder.count_tokens)
        config = {"search": repr(searcher.config), "extract": repr(extract.CONFIG), "abstain": repr(calibration)}
        self._digests = {
            "index": searcher.manifest.digest,
            "config": hashlib.sha256(json.dumps(config | {"language": language}).encode()).hexdigest(),
            "model": searcher.manifest.model_digest,
        }

    def ask(self, question: str, history: Sequence[str] = (), report: str | None = None, id: str = "") -> Answer:  # noqa: A002
        """Answer one question.

        Args:
            question: in Chinese or English.
            history: the user's earlier questions, oldest first.
            report: answer from this report alone.
            id: handed through to the answer.

        Raises:
            UsageError: the question is empty, too long or has no words, or there is no such report.
        """
        reports = self.searcher.reports
        timings: dict[str, float] = {}
        with _timed(timings, "question"):
            asked = clean(question)
            lang = language(asked)
            said = [tidy(earlier)[:LONGEST] for earlier in history[-12:]]
            *said, mended = (self._speller.mend(gist(each, self.searcher.encoder)) for each in (*said, asked))
            alone = standalone(mended, said, lang)
            spoken = lang if self.language == "auto" else self.language
        among = {id_: one for id_, one in reports.items() if report in (None, id_)}
        if talk := smalltalk.reply(asked, spoken, among):
            return self._said(asked, spoken, talk, timings, id)
        carried = after(mended, said)
        turn = _Turn(report, timings, cache(lambda wanted, way: self.searcher.find(wanted, report, _LOOKED_AT, way)))
        tried = self._try(alone, mended, carried if alone != mended else mended, turn)
        if alone == mended != carried and self._may_lean(mended, tried):
            again = self._try(carried, mended, carried, turn)
            if self._is_meant(again, tried):
                alone, tried = carried, again
        with _timed(timings, "select"):
            shown = tried.picks if tried.confidence >= self.calibration.threshold else ()
            claims = extract.claims(shown, reports, spoken)
        with _timed(timings, "verify"):
            proved = tuple(c for c in claims if not verify([c.to_json()], reports.__getitem__))
        return Answer(
            id=id,
            question=asked,
            standalone_question=alone,
            lang=spoken,
            status="answered" if proved else "refused",
            confidence=round(tried.confidence, 6),
            answer=_text(proved) or _REFUSAL[spoken],
            claims=proved,
            passages=tried.found.hits[:_SHOWN],
            notes=tuple(_notes(proved, len(claims) - len(proved), spoken, tried.left_out)),
            timings_ms=timings,
            digests=self._digests,
        )

    def _may_lean(self, question: str, alone: _Tried) -> bool:
        """Whether a question may be about what the one before it is: short or unanswered, and not off the topic."""
        short = says_little(question) or alone.confidence < self.calibration.threshold
        return short and (says_nothing(question) or alone.found.odds > _OFF_TOPIC)

    def _is_meant(self, carried: _Tried, alone: _Tried) -> bool:
        """Whether a question is taken with the one before it: so it is answered, and alone it is not much likelier."""
        likely = carried.found.odds > alone.found.odds - _MUCH
        threshold = self.calibration.threshold
        return carried.confidence >= threshold and (likely or alone.confidence < threshold)

    def _try(self, alone: str, asked: str, carried: str, turn: _Turn) -> _Tried:
        """What would be answered, and how sure that is.

        Args:
            alone: the question with what it leaves unsaid.
            asked: the question itself, mended.
            carried: the same after the question before it, where it leans on that: both ways are searched.
            turn: whose question it is.
        """
        reports, report = self.searcher.reports, turn.report
        folded, asks = fold(alone), parts(fold(asked if alone.endswith(asked) else alone), language(asked))
        only = report or (next(iter(reports)) if len(reports) == 1 else None)
        places = reports[only].places if only in reports else ()
        with _timed(turn.timings, "search"):
            founds = []
            for part in asks:
                own = (part,) if len(asks) == 1 or not is_thin(part, language(asked)) else ()
                ways = dict.fromkeys((*own, folded, fold(carried)))
                searched = {unplaced(subject(way), places): way for way in ways}
                founds.append(Found.mean([turn.find(*both) for both in searched.items()]))
            found = Found.mean(founds)
        with _timed(turn.timings, "select"):
            each = [(part, one.hits) for part, one in zip(asks, founds, strict=True)]
            picks = extract.select_each(each, reports)
            seen = signs(folded, [(reports[pick.report], pick.sentence) for pick in picks])
            confidence = self.calibration.confidence(found.odds, seen) if picks else 0.0
        return _Tried(found, picks, confidence, extract.left_out(each, reports))

    def _said(self, asked: str, lang: str, talk: smalltalk.Reply, timings: Mapping[str, float], id_: str) -> Answer:
        """The reply to small talk: proved sentences where it quotes the report, else a refusal that says so."""
        proved = tuple(c for c in talk.claims if not verify([c.to_json()], self.searcher.reports.__getitem__))
        notes = (talk.note, *_notes(proved, len(talk.claims) - len(proved), lang))
        text = _text(proved) or talk.text or _REFUSAL[lang]
        status: Literal["answered", "refused"] = "answered" if proved else "refused"
        certain = 1.0 if proved else 0.0
        return Answer(asked, lang, status, asked, certain, text, proved, (), notes, timings, self._digests, id=id_)

    def failed(self, question: str, fault: WenzhengError, id: str = "", line: int | None = None) -> Answer:  # noqa: A002
        """The row that stands for a question that could not be asked."""
        error = {"message": fault.message, "hint": fault.hint} | ({} if line is None else {"line": line})
        return Answer(question=question, lang="en", status="error", id=id, error=error, digests=self._digests)


def _text(claims: Sequence[Claim]) -> str:
    return " ".join(f"{claim.text} [{n}]" for n, claim in enumerate(claims, start=1))


def _notes(claims: Sequence[Claim], dropped: int, lang: str, left_out: Sequence[str] = ()) -> Iterator[tuple[str, str]]:
    if claims and left_out:
        yield "left-out", _LEFT_OUT[lang].format(" ".join(left_out))
    if lang == "en" and claims:
        translated = {citation.translation is not None for claim in claims for citation in claim.citations}
        if True in translated:
            yield "unofficial-translation", _UNOFFICIAL
        if False in translated:
            yield "no-translation", _UNTRANSLATED
    if dropped:
        yield "dropped", _DROPPED[lang]


@contextmanager
def _timed(timings: dict[str, float], stage: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    timings[stage] = round(timings.get(stage, 0.0) + (time.perf_counter() - began) * 1000, 3)
