"""The documented endpoint of the page's API: a question in, an answer JSON out. Knows nothing of the page."""

from __future__ import annotations

from typing import Any

from app.answer import Answerer
from app.rows import answer_row

NAME = "answer"


def add_endpoint(answerer: Answerer) -> None:
    """Add `/answer` to the Gradio app that is being built."""
    import gradio as gr

    def answer(question: str, history: list[str] = [], report: str = "") -> dict[str, Any]:  # noqa: B006 - a schema's
        """Answer a question in English or Chinese with cited quotes, or refuse where the report does not say.

        Args:
            question: one question.
            history: the earlier questions, oldest first, for a question that leans on them.
            report: answer from the report of this id alone; empty for all.
        """
        return answer_row(answerer, {"question": question, "history": history, "report": report}).to_json()

    gr.api(answer, api_name=NAME)
