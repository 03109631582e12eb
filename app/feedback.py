"""What people think of an answer, kept in one SQLite file among the user's data, and what a gold set can learn from it.

Nothing is ever sent anywhere. A judgement becomes a *candidate* for the gold questions (`eval/gold/README.md`): what
is known is filled in, and what only an editor can know stays empty, so that the gold loader refuses a row that nobody
has finished.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from app.question import tidy
from app.reply import Answer
from corpus.errors import UsageError, WenzhengError
from corpus.fold import fold
from index.needs import asks_for_figure, asks_for_list
from index.tokens import language

Verdict = Literal["right", "wrong-citation", "incomplete", "should-have-refused"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
"""What can be said of an answer."""

LONGEST_NOTE = 2000
_FILE = "feedback.sqlite3"
_TABLE = """CREATE TABLE IF NOT EXISTS feedback (
    id INTEGER PRIMARY KEY, time TEXT NOT NULL, verdict TEXT NOT NULL, note TEXT NOT NULL, question TEXT NOT NULL,
    standalone TEXT NOT NULL, history TEXT NOT NULL, lang TEXT NOT NULL, report TEXT NOT NULL, digests TEXT NOT NULL,
    answer TEXT NOT NULL)"""
_COLUMNS = "time, verdict, note, question, standalone, history, lang, report, digests, answer"
_SPLIT = "dev"  # never the test split: whoever gives feedback has seen the answer


@dataclass(frozen=True, slots=True)
class Feedback:
    """One judgement.

    Attributes:
        time: when, in UTC, ISO 8601.
        verdict: one of `VERDICTS`.
        note: what the reader adds; may be empty.
        question, standalone: as asked and as searched.
        history: the earlier questions of the conversation, oldest first.
        lang: of the answer.
        report: that the answer cites, or whose passage came first; empty where there is none.
        digests: of index, configuration and model.
        answer: the whole answer JSON.
    """

    time: str
    verdict: Verdict
    note: str
    question: str
    standalone: str
    history: tuple[str, ...]
    lang: str
    report: str
    digests: dict[str, str]
    answer: dict[str, Any]


class FeedbackStore:
    """The judgements of one data folder; safe with several threads and processes, as each call opens the file anew."""

    def __init__(self, folder: Path) -> None:
        """Keep them in `folder`, which is made, for its owner alone, with the first judgement."""
        self.file = folder / _FILE

    def add(self, answer: Answer, verdict: str, note: str = "", history: Sequence[str] = ()) -> None:
        """Keep a judgement.

        Args:
            answer: what is judged.
            verdict: one of `VERDICTS`.
            note: what the reader adds.
            history: the earlier questions of the conversation, oldest first.

        Raises:
            UsageError: the verdict is unknown or the note too long.
            WenzhengError: the file cannot be written.
        """
        if verdict not in VERDICTS:
            raise UsageError(f"There is no verdict {verdict!r}.", f"It is one of: {', '.join(VERDICTS)}.")
        if len(note) > LONGEST_NOTE:
            raise UsageError(f"The note has {len(note)} characters; at most {LONGEST_NOTE} are kept.", "Shorten it.")
        row = answer.to_json()
        cited = [citation["report"] for claim in row["claims"] for citation in claim["citations"]]
        places = [*cited, *(passage["report"] for passage in row["passages"])]
        history_json, digests = json.dumps([*map(tidy, history)], ensure_ascii=False), json.dumps(row["digests"])
        time = datetime.now(UTC).isoformat(timespec="seconds")
        texts = (tidy(note), row["question"], row["standalone_question"], history_json, row["lang"])
        values = (time, verdict, *texts, next(iter(places), ""), digests, json.dumps(row, ensure_ascii=False))
        with self._open() as connection, connection:
            connection.execute(f"INSERT INTO feedback ({_COLUMNS}) VALUES ({', '.join('?' * len(values))})", values)

    def __iter__(self) -> Iterator[Feedback]:
        """Every judgement, oldest first."""
        if not self.file.exists():
            return
        with self._open() as connection:
            rows = connection.execute(f"SELECT {_COLUMNS} FROM feedback ORDER BY id").fetchall()
        for time, verdict, note, question, standalone, history, lang, report, digests, answer in rows:
            asked = (question, standalone, tuple(json.loads(history)))
            yield Feedback(time, verdict, note, *asked, lang, report, json.loads(digests), json.loads(answer))

    def _open(self) -> closing[sqlite3.Connection]:
        try:
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self.file, os.O_CREAT | os.O_RDWR, 0o600))
            connection = sqlite3.connect(self.file, timeout=30)
            connection.execute(_TABLE)
        except (OSError, sqlite3.Error) as fault:
            raise WenzhengError(
                f"The feedback in {self.file} cannot be opened: {fault}.", "Name another folder: WENZHENG_DATA=DIR."
            ) from fault
        return closing(connection)


def candidates(judgements: Sequence[Feedback]) -> Iterator[dict[str, Any]]:
    """Gold-set candidates, one row for each question asked; of several judgements of one, the last counts."""
    latest: dict[tuple[str, tuple[str, ...]], Feedback] = {}
    for judgement in judgements:
        latest[_asked(judgement)] = judgement
    for number, judgement in enumerate(latest.values(), start=1):
        yield _candidate(judgement, f"f{number:04d}")


def _asked(judgement: Feedback) -> tuple[str, tuple[str, ...]]:
    """The question and the history it needs: none where it stood alone, else what was searched where none is known."""
    leans = judgement.standalone not in ("", judgement.question)
    if leans and not judgement.history:
        return judgement.standalone, ()
    return judgement.question, judgement.history if leans else ()


def _candidate(judgement: Feedback, need: str) -> dict[str, Any]:
    question, history = _asked(judgement)
    answer, verdict = judgement.answer, judgement.verdict
    refused = answer["status"] != "answered"
    absent = verdict == "should-have-refused" or (refused and verdict == "right")
    lang = language(question)
    cited = [] if absent or verdict == "wrong-citation" else _citations(answer, judgement.report)
    said = " ".join(claim["text"] for claim in answer["claims"])
    row = {
        "id": f"{need}-{lang}",
        "need": need,
        "split": _SPLIT,
        "lang": lang,
        "category": _category(question, history, absent),
        "question": question,
        "history": list(history),
        "answerable": not absent,
        "evidence": [[[{key: citation[key] for key in ("start", "end", "quote")}]] for citation in cited],
        "answer": answer["answer"] if refused and absent else said,
        "nuggets": [{"any": _forms(citation)} for citation in cited] if verdict == "right" else [],
        "notes": f"Feedback of {judgement.time}: {verdict}. {judgement.note} {_to_do(verdict, absent)}".replace(
            "  ", " "
        ),
    }
    row |= {"report": judgement.report} if judgement.report else {}
    return row | ({"standalone": judgement.standalone} if history else {})


def _category(question: str, history: Sequence[str], absent: bool) -> str:
    """A first guess, for the editor to mend."""
    if absent:
        return "unanswerable-in"
    if history:
        return "follow-up"
    folded = fold(question)
    return "figure" if asks_for_figure(folded) else "list" if asks_for_list(folded) else "topic"


def _citations(answer: dict[str, Any], report: str) -> list[dict[str, Any]]:
    found = {(c["start"], c["end"]): c for claim in answer["claims"] for c in claim["citations"]}
    return [citation for citation in found.values() if citation["report"] == report]


def _forms(citation: dict[str, Any]) -> list[str]:
    """What the evidence says, its errata corrected as the gold linter reads it, in either language."""
    reading = citation["quote"]
    for erratum in citation.get("errata", ()):
        reading = reading.replace(erratum["printed"], erratum["reads"])
    return [reading, *filter(None, [citation.get("translation")])]


def _to_do(verdict: Verdict, absent: bool) -> str:
    if absent:
        return "To do: make sure that the report does not say it."
    return {
        "right": "To do: check the evidence, cut the nuggets down, mend the category.",
        "incomplete": "To do: add the evidence that is missing, write the answer and the nuggets, mend the category.",
        "wrong-citation": "To do: find the evidence, or mark it unanswerable; write the answer and the nuggets.",
    }[verdict]
