"""The login page, in the reader's language and without Gradio's scripts, which are behind the login, too."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Literal

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Send

_PAGE = Path(__file__).with_name("login.html")
_WORDS = {
    "en": {
        "please": "Please log in.",
        "wrong": "User or password is wrong.",
        "slow": "Too many tries; please try again in a minute.",
        "user": "User",
        "password": "Password",
        "enter": "Log in",
    },
    "zh": {
        "please": "请先登录。",
        "wrong": "用户名或密码不正确。",
        "slow": "尝试次数过多，请稍后再试。",
        "user": "用户名",
        "password": "密码",
        "enter": "登录",
    },
}


def spoken(request: Request) -> Literal["zh", "en"]:
    """The reader's language, as the browser says it: Chinese where it comes first, else English."""
    return "zh" if request.headers.get("accept-language", "").strip().lower().startswith("zh") else "en"


def is_login(request: Request) -> bool:
    """Whether a request is for the login page, or from it."""
    return request.url.path.rstrip("/") == "/login"


def page(request: Request, status: int, word: Literal["please", "wrong", "slow"] = "please") -> Response:
    """The page for people, with the query of a permalink kept; a sentence for programs."""
    lang = spoken(request)
    words = {name: escape(text) for name, text in _WORDS[lang].items()}
    if not _wants_page(request):
        return JSONResponse({"detail": _WORDS[lang][word]}, status)
    form = _PAGE.read_text(encoding="utf-8")
    told = {"lang": lang, "told": words[word], "query": escape(f"?{request.url.query}", quote=True)}
    return HTMLResponse(form.format(**told, **words), status)


async def submit(app: ASGIApp, request: Request, receive: Receive, send: Send) -> None:
    """Let Gradio judge the form; people go on to the page or try again, programs get Gradio's own reply."""
    if not _wants_page(request):
        await app(request.scope, receive, send)
        return
    start: Message = {"status": 500, "headers": []}

    async def judged(message: Message) -> None:
        nonlocal start
        if message["type"] == "http.response.start":
            start = message

    await app(request.scope, receive, judged)
    reply: Response
    if start["status"] == 200:
        reply = RedirectResponse(f"./?{request.url.query}" if request.url.query else "./", 303)
        for cookie in MutableHeaders(raw=start["headers"]).getlist("set-cookie"):
            reply.headers.append("set-cookie", cookie)
    else:
        reply = page(request, 401, "wrong")
    await reply(request.scope, receive, send)


def _wants_page(request: Request) -> bool:
    return request.url.path in ("/", "/login") and "text/html" in request.headers.get("accept", "")
