"""What the page does when something is asked of it: plain functions of what the browser sends. Knows no component."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from functools import cache
from typing import Any

from app import kept, outbox, reader, turns
from app.answer import Answerer
from app.export import export, format_of
from app.feedback import FeedbackStore
from corpus.errors import WenzhengError

_BROKEN = "This question could not be answered: something broke. The terminal that runs Wenzheng says what."
_log = logging.getLogger(__name__)

Said = tuple[Any, Any, str]
"""The text of the question box, the conversation that the browser keeps, the conversation as HTML."""


class Handlers:
    """The page's events. Nothing of a conversation stays here but remembered answers."""

    def __init__(self, answerer: Answerer, unchanged: object, feedback: FeedbackStore | None = None) -> None:
        """Answer by `answerer`; `unchanged` leaves a component as it is; what readers think goes into `feedback`."""
        self._feedback = feedback
        self.reports = answerer.searcher.reports
        self._answerer, self._unchanged = answerer, unchanged
        self._memory = kept.Memory(answerer)
        self._reader = cache(lambda report: reader.reader(self.reports[report], self.reports))

    def respond(self, question: str, report: str, stored: Any) -> Said:  # noqa: ANN401 - whatever a browser sends
        """Answer a question of the page; a fault is told in the conversation and loses nothing."""
        return self._put(kept.read(stored), kept.Asked(question, report))

    def resume(self, linked: str, stored: Any) -> Said:  # noqa: ANN401
        """Show the conversation that the browser kept, and answer what the page's address asks, unless it has been."""
        asked = kept.read(stored)
        if linked.strip() and all(linked != it.question for it in asked):
            return self._put(asked, kept.Asked(linked, alone=True))
        return self._unchanged, self._unchanged, self._shown(asked)

    def fresh(self) -> tuple[list[Any], str]:
        """An empty conversation, to keep and to show."""
        return [], turns.conversation([], self.reports)

    def read(self, report: str) -> Any:  # noqa: ANN401
        """A report for the reader, by its id."""
        return self._reader(report) if report in self.reports else self._unchanged

    def export(self, form: str, stored: Any) -> str:  # noqa: ANN401
        """The conversation as a file in one of the formats of `export`."""
        format_ = format_of(f"wenzheng.{form}")
        answers = self._memory.answers(kept.read(stored), strict=False)
        return outbox.file(export(answers, self.reports, format_), format_)

    def judge(self, judgement: str, stored: Any) -> str:  # noqa: ANN401
        """Keep what a reader thinks of an answer: JSON of `turn`, `verdict` and `note`."""
        row = json.loads(judgement)
        asked, number = kept.read(stored), int(row["turn"])
        try:
            if self._feedback is None:
                raise WenzhengError("This page keeps no feedback: it was opened without a data folder.")
            if not 0 <= number < len(asked):
                raise WenzhengError("This answer is no longer in the conversation.", "Ask again.")
            answer = self._memory.answers(asked[: number + 1])[-1]
            self._feedback.add(answer, str(row["verdict"]), str(row["note"]), kept.history(asked, number))
        except WenzhengError as fault:
            return outbox.fault(number, str(fault))
        return outbox.thanks(number)

    def _put(self, asked: Sequence[kept.Asked], new: kept.Asked) -> Said:
        now = kept.latest([*asked, new])
        try:
            shown = turns.conversation(self._memory.answers(now), self.reports)
        except WenzhengError as fault:
            return self._unchanged, self._unchanged, self._shown(asked, (new.question, str(fault)))
        except Exception:
            _log.exception("No answer to %r", new.question)
            return self._unchanged, self._unchanged, self._shown(asked, (new.question, _BROKEN))
        return "", kept.write(now), shown

    def _shown(self, asked: Sequence[kept.Asked], fault: tuple[str, str] | None = None) -> str:
        return turns.conversation(self._memory.answers(asked, strict=False), self.reports, fault)
