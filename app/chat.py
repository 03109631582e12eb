"""The chat page: a conversation on the left, the report that proves it on the right (Gradio).

Everything is served from this machine, nothing is recorded or sent anywhere: Gradio's analytics, run history,
monitoring, sharing and MCP mount are off, whatever the environment says. Text from documents and users reaches the
page only as HTML that `turns` and `reader` have escaped. The server keeps no conversation; see `kept`.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app import kept, outbox, reader, render
from app.answer import Answerer
from app.endpoint import add_endpoint
from app.feedback import FeedbackStore
from app.handlers import Handlers
from app.question import LONGEST
from app.words import both, for_script
from corpus.errors import WenzhengError

if TYPE_CHECKING:
    import gradio

    from app.accounts import Accounts
    from app.safety import Limits

_STYLE = Path(__file__).with_name("chat.css")
_SCRIPT = Path(__file__).with_name("chat.js")
_FONTS = ("system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif")

_AT_ONCE, _QUEUED = 32, 200
_SESSIONS = 500  # Gradio keeps some 40 kB of each for ever, up to this many; the one longest unused goes first
# The page's script asks for a report by name and for what the page's address asks.
_HEAR = 'element.addEventListener("open-report", () => trigger("open"));'
_HEAR_OUT = 'for (const name of ["export", "judge"]) element.addEventListener(name, () => trigger(name));'
_WANTED = '() => [document.getElementById("reader").dataset.wanted ?? ""]'
_LINKED = '(_, stored) => [new URLSearchParams(location.search).get("q") ?? "", stored]'
_OUT = '(_, stored) => [document.getElementById("outbox").dataset.wanted ?? "", stored]'


def page(answerer: Answerer, data: Path | None = None) -> gradio.Blocks:
    """The chat as a Gradio app.

    Args:
        answerer: that answers.
        data: the folder of the user's data; without one, a conversation is forgotten when the server stops.
    """
    _close_doors()
    import gradio as gr

    handlers = Handlers(answerer, gr.skip(), None if data is None else FeedbackStore(data))
    reports = handlers.reports

    bare: dict[str, Any] = {"apply_default_css": False, "js_on_load": None}
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    with gr.Blocks(title="Wenzheng 问政", analytics_enabled=False, fill_width=True) as blocks:
        gr.HTML(_masthead(), elem_id="masthead", **bare)
        with gr.Row(elem_id="panes"):
            with gr.Column(scale=5, min_width=300, elem_id="talk"):
                conversation = gr.HTML(handlers.fresh()[1], elem_id="conversation", **bare)
                report = gr.Dropdown(
                    [("All reports · 全部报告", ""), *((render.name(it), it.id) for it in reports.values())],
                    value="",
                    label="Report · 报告",
                    show_label=False,
                    visible=len(reports) > 1,
                    elem_id="which",
                )
                question = gr.Textbox(
                    label="Question · 提问",
                    show_label=False,
                    submit_btn="Ask · 提问",
                    max_length=LONGEST,
                    autofocus=True,
                    elem_id="question",
                )
                with gr.Row(elem_id="tools"):
                    fresh = gr.Button("New conversation · 新对话", elem_id="fresh", size="sm")
                    gr.HTML(outbox.choice(), elem_id="export", **bare)
                out = gr.HTML("<i></i>", elem_id="outbox", **bare | {"js_on_load": _HEAR_OUT})
            with gr.Column(scale=6, min_width=300, elem_id="report"):
                text = handlers.read(next(iter(reports))) if reports else reader.nothing()
                shown = gr.HTML(text, elem_id="reader", **bare | {"js_on_load": _HEAR})
        stored = gr.BrowserState([], storage_key=kept.STORAGE_KEY, secret=None if data is None else kept.secret(data))
        said = [question, stored, conversation]
        question.submit(handlers.respond, [question, report, stored], said, **quiet)
        blocks.load(handlers.resume, [question, stored], said, js=_LINKED, **quiet)
        fresh.click(handlers.fresh, None, [stored, conversation], **quiet)
        shown.open(handlers.read, report, shown, js=_WANTED, **quiet)
        out.export(handlers.export, [out, stored], out, js=_OUT, **quiet)
        out.judge(handlers.judge, [out, stored], out, js=_OUT, **quiet)
        add_endpoint(answerer)
    return blocks


def _masthead() -> str:
    """Name, the views of a narrow page, the language, and what the script writes where HTML does not reach."""
    views = "".join(
        f'<button type="button" data-do="view" data-view="{view}">{both(view)}</button>'
        for view in ("conversation", "report")
    )
    languages = "".join(
        f'<button type="button" data-do="language" data-language="{lang}" lang="{lang}">{label}</button>'
        for lang, label in (("en", "English"), ("zh", "中文"))
    )
    words = escape(json.dumps(for_script(), ensure_ascii=False), quote=True)
    return (
        f'<header><h1>Wenzheng <span lang="zh">问政</span></h1><p>{both("tagline")}</p>'
        f'<div class="wz-views" role="group" aria-labelledby="wz-views">'
        f'<span class="wz-sr" id="wz-views">{both("view")}</span>{views}</div>'
        f'<div class="wz-languages" role="group" aria-labelledby="wz-languages">'
        f'<span class="wz-sr" id="wz-languages">{both("language")}</span>{languages}</div></header>'
        f'<p class="wz-sr" role="status" id="wz-status"></p><div id="wz-words" data-words="{words}" hidden></div>'
    )


def serve(answerer: Answerer, host: str, port: int, data: Path | None = None, accounts: Accounts | None = None) -> None:
    """Serve the chat until interrupted.

    Args:
        answerer: that answers.
        host: the address to listen on.
        port: 0 takes a free one.
        data: the folder of the user's data.
        accounts: who may come in; without them, everybody.

    Raises:
        WenzhengError: the port is in use or the address is not this machine's.
    """
    port = _free(host, port)  # a bad address is told before the page is made
    blocks = page(answerer, data)
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
        head=f"<style>{_STYLE.read_text(encoding='utf-8')}</style>",  # css= would put a prefix before every rule
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
