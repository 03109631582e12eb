"""The chat page: a conversation on the left, the passages that prove it on the right (Gradio).

Everything is served from this machine, nothing is recorded or sent anywhere: Gradio's analytics, run history,
monitoring, sharing and MCP mount are off, whatever the environment says. Text from documents and users reaches the
page only as HTML or Markdown that `render` has escaped.
"""

from __future__ import annotations

import logging
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app import render
from app.answer import Answerer
from app.endpoint import add_endpoint
from app.reply import Answer
from corpus.errors import WenzhengError

if TYPE_CHECKING:
    import gradio

    from app.accounts import Accounts
    from app.safety import Limits

_EXAMPLES = (
    "What does the plan say about clean heating?",
    "How many old residential compounds were renovated?",
    "What will the Horinger New Area focus on?",
    "培育哪六大产业集群？",
    "森林覆盖率达到多少？",
    "新增多少所公办幼儿园和中小学？",
)
_STYLE = Path(__file__).with_name("chat.css")
_SCRIPT = Path(__file__).with_name("chat.js")
_INTRODUCTION = """<h1>Wenzheng <span lang="zh">问政</span></h1>
<p>Ask in English or Chinese. Every sentence of the answer is tied to the place in the source that says it.</p>
<p lang="zh">用中文或英文提问，答案的每一句都注明原文出处。</p>"""
_BROKEN = "This question could not be answered: something broke. The terminal that runs Wenzheng says what."
_FONTS = ("system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif")

_AT_ONCE, _QUEUED = 32, 200
_SESSIONS = 500  # Gradio keeps some 40 kB of each for ever, up to this many; the one longest unused goes first

_Turns = list[dict[str, Any]]
_log = logging.getLogger(__name__)


def page(answerer: Answerer) -> gradio.Blocks:
    """The chat as a Gradio app."""
    _close_doors()
    import gradio as gr

    reports = answerer.searcher.reports
    choices = [(report.about.get("short", report.title), report.id) for report in reports.values()]

    def respond(
        question: str, turns: _Turns, answers: list[Answer], report: str
    ) -> Iterator[tuple[Any, _Turns, list[Answer], Any]]:
        """The question at once, then the answer claim by claim; a fault is told in the conversation."""
        asked = render.plain(question)
        turns = [*turns, *([_turn("user", asked)] if asked else [])]
        yield "", [*turns, _turn("assistant", "…")], answers, gr.skip()
        try:
            answer = answerer.ask(question, [earlier.question for earlier in answers], report or None)
        except WenzhengError as fault:
            yield question, [*turns, _turn("assistant", f"> {render.plain(str(fault))}")], answers, gr.skip()
        except Exception:
            _log.exception("No answer to %r", question)
            yield question, [*turns, _turn("assistant", f"> {_BROKEN}")], answers, gr.skip()
        else:
            text, answers = render.markdown(answer, len(answers)), [*answers, answer]
            panel, said = render.sources(answers, reports), text.split("\n\n")
            for end in range(1, len(said) + 1):
                yield gr.skip(), [*turns, _turn("assistant", "\n\n".join(said[:end]))], answers, panel

    with gr.Blocks(title="Wenzheng 问政", analytics_enabled=False, fill_width=True) as blocks:
        gr.HTML(_INTRODUCTION, elem_id="introduction", apply_default_css=False)
        with gr.Row(elem_id="panes"):
            with gr.Column(scale=5, min_width=320):
                chat = gr.Chatbot(
                    label="Conversation · 对话",
                    show_label=False,
                    elem_id="conversation",
                    height=None,
                    buttons=[],
                    feedback_options=None,
                    latex_delimiters=[],
                    sanitize_html=True,
                    allow_tags=False,
                    allow_file_downloads=False,
                    layout="panel",
                    placeholder=render.welcome(reports),
                )
                question = gr.Textbox(
                    label="Question · 提问",
                    placeholder="Ask the report · 向报告提问",
                    show_label=False,
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
                examples = gr.Examples(
                    [[example] for example in _EXAMPLES], question, label="For example · 例如", elem_id="examples"
                )
            with gr.Column(scale=5, min_width=320):
                gr.HTML('<h2>Sources · <span lang="zh">出处</span></h2>', apply_default_css=False)
                sources = gr.HTML(render.sources([], reports), elem_id="sources", apply_default_css=False)
        answers = gr.State([])
        ask = {
            "fn": respond,
            "inputs": [question, chat, answers, report],
            "outputs": [question, chat, answers, sources],
            "show_progress": "hidden",
        }
        question.submit(**ask, api_name="ask")
        add_endpoint(answerer)
        examples.load_input_event.then(**ask, api_visibility="private")
        chat.clear(lambda: ([], render.sources([], reports)), None, [answers, sources], api_visibility="private")
    return blocks


def serve(answerer: Answerer, host: str, port: int, accounts: Accounts | None = None) -> None:
    """Serve the chat until interrupted, to all or to those who have an account; port 0 takes a free one.

    Raises:
        WenzhengError: the port is in use or the address is not this machine's.
    """
    port = _free(host, port)  # a bad address is told before the page is made
    blocks = page(answerer)
    address = launch(blocks, host, port, accounts)
    sys.stdout.write(f"Wenzheng 问政: {address} (Ctrl+C to stop)\n")
    sys.stdout.flush()
    blocks.block_thread()


def launch(
    blocks: gradio.Blocks, host: str, port: int, accounts: Accounts | None = None, limits: Limits | None = None
) -> str:
    """Start serving `blocks` behind a `Guard` and return the page's address. Raises as `serve` does."""
    from starlette.middleware import Middleware

    from app.safety import Guard, Limits

    guard = Middleware(Guard, limits=limits or Limits(), locked=accounts is not None)
    blocks.queue(default_concurrency_limit=_AT_ONCE, max_size=_QUEUED)  # the answerer says when it is busy, not Gradio
    blocks.launch(
        server_name=host,
        server_port=_free(host, port),
        share=False,
        run_history=False,
        enable_monitoring=False,
        mcp_server=False,
        ssr_mode=False,
        pwa=False,
        footer_links=[],
        allowed_paths=[],
        auth=accounts.check if accounts is not None else None,
        app_kwargs={"middleware": [guard]},
        state_session_capacity=_SESSIONS,
        quiet=True,
        prevent_thread_lock=True,
        theme=_theme(),
        css_paths=_STYLE,
        js=_SCRIPT.read_text(encoding="utf-8"),
    )
    return str(blocks.local_url)


def _theme() -> gradio.Theme:
    import gradio as gr

    hues = {"primary_hue": "teal", "secondary_hue": "stone", "neutral_hue": "stone"}
    return gr.themes.Default(**hues, font=_FONTS, font_mono=["monospace"]).set(
        body_text_color_subdued="*neutral_600", body_text_color_subdued_dark="*neutral_400"
    )


def _free(host: str, port: int) -> int:
    """The port, once it is known that it can be listened on; a free one for 0."""
    try:
        with socket.create_server((host, port)) as probe:
            return int(probe.getsockname()[1])
    except OSError as fault:
        raise WenzhengError(
            f"Cannot listen on {host}:{port}: {fault.strerror}.", "Choose another: --port N."
        ) from fault


def _turn(role: str, content: str) -> dict[str, Any]:
    return {"role": role, "content": content}


def _close_doors() -> None:
    """Undo what the environment may ask of Gradio against this page's promises. Must run before gradio is imported."""
    for name in [name for name in os.environ if name.startswith("GRADIO_") and name != "GRADIO_TEMP_DIR"]:
        del os.environ[name]
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"  # else a table of the last 10,000 events, summed up after each
    os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(10**9)
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    past_proxy = [os.environ.get("no_proxy") or os.environ.get("NO_PROXY"), "localhost", "127.0.0.1"]
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = ",".join(filter(None, past_proxy))
