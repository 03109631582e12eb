"""The chat page: a conversation on the left, the passages that prove it on the right (Gradio).

Everything is served from this machine, nothing is recorded or sent anywhere: Gradio's analytics, run history,
monitoring, sharing and MCP mount are off, whatever the environment says. Text from documents and users reaches the
page only as HTML or Markdown that `render` has escaped.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app import render
from app.answer import Answerer
from corpus.errors import WenzhengError

if TYPE_CHECKING:
    import gradio

_EXAMPLES = (
    "What does the plan say about clean heating?",
    "How many old residential compounds were renovated?",
    "What will the Horinger New Area focus on?",
    "培育哪六大产业集群?",
    "森林覆盖率达到多少?",
    "新增多少所公办幼儿园和中小学?",
)
_STYLE = Path(__file__).with_name("chat.css")
_INTRODUCTION = """# Wenzheng 问政
Ask the report in English or Chinese. Every sentence of the answer is tied to the place in the source that says it.
用中文或英文提问;答案的每一句都注明原文出处。"""
# Bring the first highlighted sentence of each card into view when the sources change.
_REVEAL = """() => { setTimeout(() => document.querySelectorAll('.wz-card mark').forEach(mark => {
  const box = mark.closest('blockquote');
  if (box) box.scrollTop = mark.offsetTop - box.offsetTop - 24;
}), 60); }"""

_Turns = list[dict[str, Any]]


def page(answerer: Answerer) -> gradio.Blocks:
    """The chat as a Gradio app."""
    _close_doors()
    import gradio as gr

    reports = answerer.searcher.reports
    choices = [(report.about.get("short", report.title), report.id) for report in reports.values()]

    def respond(
        question: str, turns: _Turns, asked: list[str], report: str
    ) -> Iterator[tuple[str, _Turns, list[str], Any]]:
        turns = [*turns, _turn("user", render.plain(question))]
        yield "", [*turns, _turn("assistant", "…")], asked, gr.skip()
        try:
            answer = answerer.ask(question, asked, report or None)
        except WenzhengError as fault:
            yield "", [*turns, _turn("assistant", f"**{render.plain(str(fault))}**")], asked, gr.skip()
        else:
            yield (
                "",
                [*turns, _turn("assistant", render.markdown(answer))],
                [*asked, question],
                render.sources(answer, reports),
            )

    with gr.Blocks(title="Wenzheng 问政", analytics_enabled=False, fill_width=True) as blocks:
        gr.Markdown(_INTRODUCTION)
        with gr.Row():
            with gr.Column(scale=5, min_width=320):
                chat = gr.Chatbot(label="Conversation · 对话", height=460, feedback_options=None)
                question = gr.Textbox(
                    label="Question · 提问",
                    placeholder=_EXAMPLES[0],
                    submit_btn="Ask · 提问",
                    autofocus=True,
                    elem_id="question",
                )
                report = gr.Dropdown(
                    [("All reports · 全部报告", ""), *choices],
                    value="",
                    label="Report · 报告",
                    visible=len(choices) > 1,
                )
                gr.Examples([[example] for example in _EXAMPLES], question, label="For example · 例如")
            with gr.Column(scale=5, min_width=320):
                gr.Markdown("### Sources · 出处")
                sources = gr.HTML(render.sources(None, reports), elem_id="sources")
        asked = gr.State([])
        question.submit(
            respond, [question, chat, asked, report], [question, chat, asked, sources], api_name="ask"
        ).then(None, js=_REVEAL)
        chat.clear(lambda: ([], render.sources(None, reports)), None, [asked, sources], api_visibility="private")
    return blocks


def serve(answerer: Answerer, host: str, port: int) -> None:
    """Serve the chat until interrupted.

    Raises:
        WenzhengError: the port is in use or the address is not this machine's.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as fault:
            raise WenzhengError(
                f"Cannot listen on {host}:{port}: {fault.strerror}.", "Choose another: --port N."
            ) from fault
    launch(page(answerer), host, port, block=True)


def launch(blocks: gradio.Blocks, host: str, port: int, block: bool) -> str:
    """Start serving `blocks`; returns the page's address once it answers, or when it ends if `block`."""
    import gradio as gr

    blocks.launch(
        server_name=host,
        server_port=port,
        share=False,
        run_history=False,
        enable_monitoring=False,
        mcp_server=False,
        ssr_mode=False,
        pwa=False,
        footer_links=[],
        allowed_paths=[],
        show_error=True,
        prevent_thread_lock=not block,
        theme=gr.themes.Default(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]),
        css_paths=_STYLE,
    )
    return str(blocks.local_url)


def _turn(role: str, content: str) -> dict[str, Any]:
    return {"role": role, "content": content}


def _close_doors() -> None:
    """Undo what the environment may ask of Gradio against this page's promises. Must run before gradio is imported."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    for name in ("GRADIO_ALLOWED_PATHS", "GRADIO_SHARE", "GRADIO_MCP_SERVER", "GRADIO_NUM_WORKERS"):
        os.environ.pop(name, None)
