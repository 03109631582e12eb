"""What stands between the network and the page: login, limits, closed doors, security headers.

Gradio leaves most of its routes open to whoever has not logged in, has more of them than this page needs, and counts
nothing. `Guard` stands before all of it; it knows nothing of what is on the page.
"""

from __future__ import annotations

import base64
import hashlib
import re
import time
from collections import OrderedDict
from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import login


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is taken from whom.

    Attributes:
        body: bytes of one request; a page sends its conversation along with each question.
        requests: a minute from one client (a user who has logged in, else an address) to what computes something;
            a page makes a few for each question, and a newsroom may share one address.
        logins: tries a minute from one address.
    """

    body: int = 4 << 20
    requests: int = 1200
    logins: int = 10


_WORDS = {
    "en": {
        "fast": "Too many requests; please try again in a moment.",
        "large": "This is more than can be taken at once; start a new conversation or ask something shorter.",
        "closed": "Not served here.",
    },
    "zh": {
        "fast": "请求过于频繁，请稍后再试。",
        "large": "内容太多，无法一次处理；请新建对话或缩短问题。",
        "closed": "此处不提供该服务。",
    },
}
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# Gradio writes style attributes and runs the page's own script through `new Function`. Inline scripts run only if they
# stand in the page as it was served, event handlers in attributes never: that is what an attack would bring.
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-eval'{}; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; "
    "form-action 'self'; base-uri 'self'; frame-ancestors 'none'"
)
_DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)

_API = "/gradio_api/"
_COMPUTING = tuple(_API + name for name in ("queue/join", "call/", "run/", "api/"))
_CLOSED = (
    *(_API + name for name in ("upload", "proxy=", "stream", "process_recording", "run-history", "runs", "dev/")),
    *(_API + name for name in ("vibe-", "undo-vibe", "profiling", "deep_link", "custom_component", "file/")),
    "/monitoring",
)


class Throttle:
    """Lets each client through so many times a minute, at once or spread (a token bucket)."""

    def __init__(self, per_minute: int, clients: int = 10_000) -> None:
        """Remember at most so many clients; the one longest unseen is forgotten first."""
        self._rate, self._burst, self._clients = per_minute / 60, float(per_minute), clients
        self._seen: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, client: str, now: float) -> float:
        """Seconds until the client may come again; 0 where it may now, which is then counted."""
        left, at = self._seen.pop(client, (self._burst, now))
        left = min(self._burst, left + (now - at) * self._rate)
        through = left >= 1
        self._seen[client] = (left - through, now)
        if len(self._seen) > self._clients:
            self._seen.popitem(last=False)
        return 0.0 if through else (1 - left) / self._rate


class Guard:
    """ASGI middleware before Gradio's routes: nothing reaches them that it does not let through."""

    def __init__(self, app: ASGIApp, limits: Limits, locked: bool) -> None:
        """Guard `app`; where `locked`, only the login page is open to whoever has not logged in."""
        self._app = app
        self._limits = limits
        self._locked = locked
        self._requests, self._logins = Throttle(limits.requests), Throttle(limits.logins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on; either way with the security headers."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # the page opens no web socket
            await send({"type": "websocket.close", "code": 1008})
            return
        request, send = Request(scope, receive), _with_headers(send)
        reply = self._refusal(request)
        body = b"" if reply else await _body(request, self._limits.body)
        if body is None:
            reply = _told(request, 413, "large")
        if reply is not None:
            await reply(scope, receive, send)
        elif self._locked and login.is_login(request):
            await login.submit(self._app, request, _replay(body or b"", receive), send)
        else:
            await self._app(scope, _replay(body or b"", receive), send)

    def _refusal(self, request: Request) -> Response | None:
        """The reply to a request that is not let through."""
        path, user = request.url.path, self._user(request)
        address, now = request.client.host if request.client else "", time.monotonic()
        changes = request.method not in ("GET", "HEAD", "OPTIONS")
        if self._locked and login.is_login(request):
            if not changes:
                return login.page(request, 200)
            return login.page(request, 429, "slow") if self._logins.wait(address, now) else None
        if self._locked and user is None and not self._starting(request):
            return login.page(request, 401)
        if path.startswith(_CLOSED) or (changes and request.headers.get("sec-fetch-site") == "cross-site"):
            return _told(request, 403, "closed")
        if changes and path.startswith(_COMPUTING) and (wait := self._requests.wait(user or address, now)):
            reply = _told(request, 429, "fast")
            reply.headers["Retry-After"] = str(int(wait) + 1)
            return reply
        return None

    def _user(self, request: Request) -> str | None:
        """Who has logged in: Gradio keeps the tokens that it gave out."""
        app = request.scope["app"]
        names = (f"access-token-{app.cookie_id}", f"access-token-unsecure-{app.cookie_id}")
        return next((app.tokens[token] for token in map(request.cookies.get, names) if token in app.tokens), None)

    def _starting(self, request: Request) -> bool:
        """Whether this is the request with which Gradio starts itself, once, before anybody can log in."""
        return request.url.path == f"{_API}startup-events" and not request.scope["app"].startup_events_triggered


def _told(request: Request, status: int, word: str) -> Response:
    """A friendly word in the reader's language; Gradio's page shows `detail` to the reader."""
    return JSONResponse({"detail": _WORDS[login.spoken(request)][word]}, status)


async def _body(request: Request, most: int) -> bytes | None:
    """The whole body, or None where it is longer than `most`; no more of it is read than that."""
    said = request.headers.get("content-length", "0")
    if not said.isdecimal() or int(said) > most:
        return None
    parts, size = [], 0
    async for part in request.stream():
        parts.append(part)
        size += len(part)
        if size > most:
            return None
    return b"".join(parts)


def _replay(body: bytes, receive: Receive) -> Receive:
    """The body again for the app, then whatever follows it (that the client is gone)."""
    told = False

    async def replayed() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed


def _with_headers(send: Send) -> Send:
    """Security headers on every response; a page is held back until its own scripts are known."""
    held: Message | None = None
    parts: list[bytes] = []

    async def sent(message: Message) -> None:
        nonlocal held
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message["headers"])
            headers.update(_HEADERS)
            if headers.get("content-type", "").startswith("text/html"):
                headers["Cache-Control"] = "no-store"
                held = message
                return
            headers["Content-Security-Policy"] = _DATA_POLICY
        elif held is not None:
            parts.append(message.get("body", b""))
            if message.get("more_body"):
                return
            MutableHeaders(raw=held["headers"])["Content-Security-Policy"] = _page_policy(b"".join(parts))
            await send(held)
            message = {"type": "http.response.body", "body": b"".join(parts)}
        await send(message)

    return sent


def _page_policy(page: bytes) -> str:
    digests = (base64.b64encode(hashlib.sha256(script).digest()).decode() for script in _SCRIPT.findall(page))
    return _PAGE_POLICY.format("".join(f" 'sha256-{digest}'" for digest in digests))
