"""One question at a time: `Desk` answers, and sends away at once those whom it would keep waiting too long."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from app.abstain import Calibration
from app.answer import Answerer
from app.reply import Answer
from corpus.errors import WenzhengError
from index.search import Searcher
from index.tokens import language

WAITING = 16
"""Questions that may wait for the one that is being answered."""

PATIENCE = 1.5
"""Seconds that a question may wait."""

BUSY = {"en": "Wenzheng is busy; please try again in a moment.", "zh": "问政正忙，请稍后再试。"}
"""What is said instead of an answer, by the question's language."""


class BusyError(WenzhengError):
    """More is asked than can be answered soon."""


class Desk(Answerer):
    """An `Answerer` for many threads, which the stemmer of the search is not.

    A question takes some hundredths of a second, so that a longer line would only make everybody wait longer.
    """

    def __init__(
        self,
        searcher: Searcher,
        calibration: Calibration,
        language: str = "auto",
        waiting: int = WAITING,
        patience: float = PATIENCE,
    ) -> None:
        """Answer as `Answerer` does; see `WAITING` and `PATIENCE`."""
        super().__init__(searcher, calibration, language)
        self._patience = patience
        self._places = threading.Semaphore(waiting + 1)
        self._turn = threading.Lock()

    def ask(self, question: str, history: Sequence[str] = (), report: str | None = None, id: str = "") -> Answer:  # noqa: A002
        """Answer one question.

        Raises:
            BusyError: it would have to wait too long; said in the question's language.
            UsageError: as `Answerer.ask` raises it.
        """
        if not self._places.acquire(blocking=False):
            raise BusyError(BUSY[language(question)])
        try:
            if not self._turn.acquire(timeout=self._patience):
                raise BusyError(BUSY[language(question)])
            try:
                return super().ask(question, history, report, id)
            finally:
                self._turn.release()
        finally:
            self._places.release()
