import asyncio
import base64
import hashlib
import http.client
import json
import os
import re
import shutil
import urllib.error
import urllib.parse
import urllib.request
from contextlib import closing
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

from app import chat
from app.accounts import Accounts, account_line
from app.safety import Guard, Limits, Throttle

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:gradio")
NOBODY = SimpleNamespace(ask=len, searcher=SimpleNamespace(reports={}))
PASSWORD = "correct horse"
HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class Served:
    """An empty page on a free port, and ways to ask it for things."""

    def __init__(self, accounts=None, limits=None):
        self.blocks = chat.page(NOBODY)
        self.address = chat.launch(self.blocks, "127.0.0.1", 0, accounts, limits)

    def __call__(self, method, path, body=None, **headers):
        """Status, headers and body of one request."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=20)) as connection:
            connection.request(method, path, body, headers)
            reply = connection.getresponse()
            if reply.getheader("content-type", "").startswith("text/event-stream"):
                return reply.status, reply.headers, b""
            return reply.status, reply.headers, reply.read()

    def login(self, password=PASSWORD, query="", **headers):
        form = urllib.parse.urlencode({"username": "ann", "password": password})
        return self("POST", f"/login{query}", form, Content_Type="application/x-www-form-urlencoded", **headers)

    def stop(self):
        self.blocks.close(verbose=False)


@pytest.fixture(scope="module")
def accounts():
    return Accounts(dict([account_line("ann", PASSWORD).split(":", 1)]))


@pytest.fixture(scope="module")
def free():
    served = Served()
    yield served
    served.stop()


@pytest.fixture
def locked(accounts):
    served = Served(accounts)
    yield served
    served.stop()


def routes(app):
    """Every method and path that the app answers, with something in place of what varies."""
    for route in app.routes:
        for inner in getattr(route, "original_router", SimpleNamespace(routes=[route])).routes:
            for method in sorted(inner.methods):
                yield method, re.sub(r"\{[^}]*\}", "x", inner.path)


def cookies(headers):
    return "; ".join(value.split(";")[0] for value in headers.get_all("set-cookie"))


def test_without_a_login_every_route_but_the_login_answers_401(locked):
    asked = [
        *routes(locked.blocks.app),
        ("GET", "/nowhere"),
        ("POST", "/gradio_api/mcp/"),
        ("GET", "/gradio_api/mcp/sse"),
    ]
    assert {("GET", "/"), ("POST", "/gradio_api/queue/join"), ("GET", "/gradio_api/token")} < set(asked)
    assert len(asked) > 60
    shown = {}
    for method, path in asked:
        if path.rstrip("/") == "/login":
            continue
        for cookie in ("", "access-token-unsecure-x=y", f"access-token-{locked.blocks.app.cookie_id}=forged"):
            status, headers, body = locked(method, path, Cookie=cookie, Accept="text/html")
            shown[method, path, cookie] = status
            assert b"gradio_config" not in body and headers["x-frame-options"] == "DENY"
    assert set(shown.values()) == {401}, shown
    assert locked("GET", "/login", Accept="text/html")[0] == 200


def test_a_login_opens_the_page_and_a_logout_closes_it(locked):
    status, headers, body = locked.login()
    assert (status, json.loads(body)) == (200, {"success": True})
    cookie = cookies(headers)
    assert locked("GET", "/config", Cookie=cookie)[0] == 200
    status, _, page = locked("GET", "/", Cookie=cookie, Accept="text/html")
    assert (status, b"gradio_config" in page) == (200, True)
    assert locked("GET", "/monitoring", Cookie=cookie)[0] == 403
    assert locked("GET", "/logout", Cookie=cookie)[0] == 302
    assert locked("GET", "/config", Cookie=cookie)[0] == 401


def test_people_log_in_on_a_page_of_their_language_and_keep_their_permalink(locked):
    status, headers, body = locked(
        "GET", '/?q="><script>alert(1)</script>', Accept="text/html", Accept_Language="zh-CN"
    )
    page = body.decode()
    assert (status, headers["content-type"]) == (401, "text/html; charset=utf-8")
    assert "请先登录" in page and 'lang="zh"' in page and "<script>alert" not in page
    (action,) = re.findall('action="([^"]*)"', page)
    query = action.removeprefix("login")
    status, headers, _ = locked.login("wrong", query, Accept="text/html", Accept_Language="en")
    assert (status, headers.get_all("set-cookie")) == (401, None)
    assert b"User or password is wrong." in locked.login("wrong", query, Accept="text/html")[2]
    status, headers, _ = locked.login(PASSWORD, "?q=%E6%B8%85%E6%B4%81&x=%22", Accept="text/html")
    assert (status, headers["location"]) == (303, "./?q=%E6%B8%85%E6%B4%81&x=%22")
    assert locked("GET", "/config", Cookie=cookies(headers))[0] == 200


def test_guessing_passwords_is_slow(accounts):
    served = Served(accounts, Limits(logins=2))
    try:
        tries = [served.login("wrong guess") for _ in range(3)]
        assert [status for status, _, _ in tries] == [400, 400, 429]
        assert served.login()[0] == 429
        assert "尝试次数过多" in served.login(Accept="text/html", Accept_Language="zh")[2].decode()
    finally:
        served.stop()


def test_the_python_client_logs_in(locked):
    from gradio_client import Client

    assert (
        "/answer"
        in Client(locked.address, auth=("ann", PASSWORD), verbose=False).view_api(return_format="dict")[
            "named_endpoints"
        ]
    )
    with pytest.raises(ValueError, match="Could not login"):
        Client(locked.address, auth=("ann", "wrong"), verbose=False)


def test_every_reply_has_the_headers(free):
    asset = re.search(rb'src="\./(assets/[^"]+\.js)"', free("GET", "/")[2])[1].decode()
    replies = [
        free("GET", "/"),
        free("GET", "/config"),
        free("GET", f"/{asset}"),
        free("GET", "/theme.css"),
        free("GET", "/nowhere"),
        free("GET", "/monitoring"),
        free("POST", "/gradio_api/queue/join", "{"),
        free("POST", "/gradio_api/queue/join", Content_Length=str(5 << 20)),
    ]
    assert [status for status, _, _ in replies] == [200, 200, 200, 200, 404, 403, 422, 413]
    for _, headers, _ in replies:
        assert {name: headers[name] for name in HEADERS} == HEADERS
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert replies[0][1]["cache-control"] == "no-store"
    assert all("script-src" not in headers["content-security-policy"] for _, headers, _ in replies[1:4])


def test_the_page_runs_only_the_scripts_it_was_served_with(free):
    _, headers, page = free("GET", "/")
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    inline = re.findall(rb"<script>(.*?)</script>", page, re.DOTALL)
    assert len(inline) >= 4
    allowed = {f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'" for script in inline}
    assert allowed < set(policy["script-src"].split())
    assert "'unsafe-inline'" not in policy["script-src"] and "http" not in headers["content-security-policy"]
    assert (policy["default-src"], policy["connect-src"]) == ("'none'", "'self'")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/gradio_api/upload"),
        ("GET", "/gradio_api/proxy=http://127.0.0.1/"),
        ("GET", "/gradio_api/runs"),
        ("GET", "/gradio_api/deep_link"),
        ("POST", "/gradio_api/vibe-edit/"),
        ("GET", "/gradio_api/file=/etc/hosts"),
        ("GET", "/monitoring/summary"),
    ],
)
def test_doors_that_the_page_does_not_need_are_closed(free, method, path):
    assert free(method, path)[0] == 403


def test_another_site_cannot_ask_in_the_readers_name(free):
    call = ("POST", "/gradio_api/call/answer", json.dumps({"data": ["x", [], ""]}))
    assert free(*call, Content_Type="application/json", Sec_Fetch_Site="cross-site")[0] == 403
    assert free(*call, Content_Type="application/json", Sec_Fetch_Site="same-origin")[0] == 200


def test_too_much_at_once_is_refused_before_it_is_read():
    served = Served(limits=Limits(body=1000))
    try:
        path = "/gradio_api/call/answer"
        small, large = (json.dumps({"data": ["x" * n, [], ""]}) for n in (900, 1000))
        assert served("POST", path, small, Content_Type="application/json")[0] == 200
        status, _, body = served("POST", path, large, Content_Type="application/json", Accept_Language="zh-CN,en")
        assert (status, json.loads(body)["detail"][:4]) == (413, "内容太多")
        chunks = b"190\r\n%s\r\n" % (b"x" * 400) * 3 + b"0\r\n\r\n"
        assert served("POST", path, chunks, Transfer_Encoding="chunked")[0] == 413
        assert served("POST", path, Content_Length="-1")[0] in (400, 413)
    finally:
        served.stop()


def test_too_many_requests_are_told_so_in_the_readers_language():
    served = Served(limits=Limits(requests=2))
    try:
        call = ("POST", "/gradio_api/call/answer", json.dumps({"data": ["x", [], ""]}))
        got = [
            served(*call, Content_Type="application/json", Accept_Language=lang) for lang in ("en", "en", "en", "zh")
        ]
        assert [status for status, _, _ in got] == [200, 200, 429, 429]
        assert json.loads(got[2][2])["detail"] == "Too many requests; please try again in a moment."
        assert json.loads(got[3][2])["detail"] == "请求过于频繁，请稍后再试。"
        assert 29 <= int(got[2][1]["retry-after"]) <= 31
        assert served("GET", "/config")[0] == 200
    finally:
        served.stop()


def test_a_throttle_fills_again_and_forgets_the_one_longest_unseen():
    throttle = Throttle(15, clients=2)
    assert [throttle.wait("a", 0.0) for _ in range(15)] == [0] * 15
    assert throttle.wait("a", 0.0) == 4.0
    assert throttle.wait("a", 2.0) == 2.0
    assert throttle.wait("a", 5.0) == 0
    assert throttle.wait("a", 5.0) > 0
    assert [throttle.wait(client, 6.0) for client in "bca"] == [0, 0, 0]


def test_web_sockets_are_not_served():
    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(Guard(None, Limits(), locked=False)({"type": "websocket", "path": "/"}, None, send))
    assert sent == [{"type": "websocket.close", "code": 1008}]


@pytest.fixture
def tab():
    """A tab of a headless Chromium that notes what its console says."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        without = pytest.fail if os.environ.get("WENZHENG_BROWSER") == "required" else pytest.skip
        without("This test needs Chromium: sudo apt install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(locale="zh-CN")
        page.said = []
        page.on("console", lambda message: page.said.append(message.text))
        yield page
        browser.close()


def test_a_script_that_was_not_served_with_the_page_does_not_run(free, tab):
    attack = "<img src=x onerror='window.hit = 1'><iframe srcdoc='<script>parent.hit = 2</script>'></iframe>"
    tab.goto(free.address)
    tab.locator("#question textarea").wait_for()
    assert not any("Content Security Policy" in text for text in tab.said)
    tab.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", attack)
    tab.wait_for_timeout(500)
    assert tab.evaluate("window.hit") is None
    assert any("Content Security Policy" in text for text in tab.said)


def test_in_a_browser_a_login_leads_to_the_place_that_was_asked_for(locked, tab):
    tab.goto(f"{locked.address}?q=x#hohhot-2021/p31")
    assert tab.get_by_role("status").inner_text() == "请先登录。"
    tab.get_by_label("用户名").fill("ann")
    tab.get_by_label("密码").fill("wrong")
    tab.get_by_role("button", name="登录").click()
    tab.get_by_text("用户名或密码不正确。").wait_for()
    tab.get_by_label("用户名").fill("ann")
    tab.get_by_label("密码").fill(PASSWORD)
    tab.get_by_role("button", name="登录").click()
    tab.locator("#question textarea").wait_for()
    assert tab.url == f"{locked.address}?q=x#hohhot-2021/p31"
    assert not any("Content Security Policy" in text for text in tab.said)
