"""A question as JSON, from a batch file or the API → its answer; what is wrong with it becomes an error row."""

from __future__ import annotations

import json
from typing import Any

from app.answer import Answerer
from app.reply import Answer
from corpus.errors import UsageError, WenzhengError


def answer_line(answerer: Answerer, line: str, number: int) -> Answer:
    """The answer to one line of a batch."""
    try:
        row = json.loads(line)
    except ValueError as fault:
        return answerer.failed("", UsageError(f"Line {number} is not JSON: {fault}."), line=number)
    return answer_row(answerer, row, number)


def answer_row(answerer: Answerer, row: Any, number: int | None = None) -> Answer:  # noqa: ANN401 - parsed JSON
    """The answer to one question.

    Args:
        answerer: whom to ask.
        row: `{"id"?, "question", "history"?, "report"?}`; whatever else it is, is told in an answer of status "error".
        number: of its line, if it has one.
    """
    where = "The request" if number is None else f"Line {number}"
    try:
        row = json.loads(json.dumps(row, ensure_ascii=False).encode("utf-8", "replace"))  # no lone surrogates
        if not isinstance(row, dict) or not isinstance(row.get("question"), str):
            raise UsageError(f"{where} has no question.", 'It needs {"question": …}.')
        if not isinstance(row.get("report"), str | None):
            raise UsageError(f"{where} has a report that is not a name.")
        history = _history(row.get("history"), where)
        return answerer.ask(row["question"], history, row.get("report") or None, str(row.get("id", "")))
    except WenzhengError as fault:
        known = row if isinstance(row, dict) else {}
        return answerer.failed(str(known.get("question", "")), fault, str(known.get("id", "")), number)


def _history(value: Any, where: str) -> list[str]:  # noqa: ANN401 - whatever the row holds
    """Earlier user questions, given as strings or as chat messages."""
    if not isinstance(value, list | None):
        raise UsageError(f"{where} has a history that is not a list.")
    history: list[str] = []
    for turn in value or ():
        if isinstance(turn, str):
            history.append(turn)
        elif isinstance(turn, dict) and isinstance(turn.get("content"), str):
            history += [turn["content"]] if turn.get("role") == "user" else []
        else:
            raise UsageError(f"{where} has a history that is neither questions nor chat messages.")
    return history
