import json
import os
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from types import SimpleNamespace

import pytest
from support import CALIBRATION, RANKER, ROOT, HashedNgrams

from app import chat, commands, extract
from app.answer import Answerer
from app.citation import cite
from app.reply import Answer
from app.settings import load
from corpus.errors import WenzhengError
from corpus.library import Library
from index.build import build
from index.search import Searcher

HEATING = "What does the plan say about clean heating?"
QUOTE = "实现全市供热“一张网”和清洁取暖“全覆盖”"
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>![a](http://evil.example/a.png)<!-- c -->"
    "${alert(4)} `code` {{7*7}} @children $$x^2$$"
)
FLAGS = """
import json, sys
from types import SimpleNamespace
from app import chat
blocks = chat.page(SimpleNamespace(searcher=SimpleNamespace(reports={})))
address = chat.launch(blocks, "127.0.0.1", 0)
names = ("share", "share_url", "allowed_paths", "analytics_enabled", "enable_monitoring", "run_history", "mcp_server",
         "server_name", "dev_mode", "vibe_mode", "is_running")
print(json.dumps({name: getattr(blocks, name) for name in names} | {"address": address}), flush=True)
sys.stdin.read()
"""
MANY_FLAGS = {
    "GRADIO_SHARE": "True",
    "GRADIO_ALLOWED_PATHS": "/",
    "GRADIO_MCP_SERVER": "True",
    "GRADIO_ANALYTICS_ENABLED": "True",
    "GRADIO_RUN_HISTORY": "True",
    "GRADIO_SERVER_NAME": "0.0.0.0",
    "GRADIO_NUM_WORKERS": "2",
    "GRADIO_VIBE_MODE": "1",
    "GRADIO_WATCH_DIRS": "/tmp",
    "http_proxy": "http://127.0.0.1:9",
}


pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:gradio")


class Served:
    """A page on a free port; `stop` closes it."""

    def __init__(self, answerer):
        self.blocks = chat.page(answerer)
        self.address = chat.launch(self.blocks, "127.0.0.1", 0)

    def stop(self):
        self.blocks.close(verbose=False)


@pytest.fixture(scope="module", autouse=True)
def _environment():
    """What opening a page sets is undone when the module ends."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """The page over the real report, with the tests' encoder."""
    root = tmp_path_factory.mktemp("plain") / "index"
    build(Library(), root, HashedNgrams())
    served = Served(Answerer(Searcher(root, Library(), HashedNgrams(), ranker=RANKER), CALIBRATION))
    yield served
    served.stop()


@pytest.fixture
def client(plain, monkeypatch):
    """A conversation with it, in which everything but 火星 can be answered."""
    from gradio_client import Client

    select = extract.select
    monkeypatch.setattr("app.abstain.Calibration.confidence", lambda *_: 1.0)
    monkeypatch.setattr("app.extract.select", lambda asked, *seen: () if "火星" in asked else select(asked, *seen))
    return Client(plain.address, verbose=False)


def said(turns):
    """The conversation as (role, text)."""
    return [(turn["role"], "".join(part["text"] for part in turn["content"])) for turn in turns]


def test_a_question_becomes_a_turn_with_sources(client):
    box, turns, panel = client.predict("清洁取暖“全覆盖”怎么实现？", [], "", api_name="/ask")
    assert box == "" or box["__type__"] == "update"
    (asker, asked), (speaker, text) = said(turns)
    assert (asker, asked, speaker) == ("user", "清洁取暖“全覆盖”怎么实现？", "assistant")
    assert "(#source-0-1)" in text
    assert QUOTE in panel and 'id="source-0-1"' in panel


def test_a_follow_up_leans_on_what_was_asked_before(client):
    _, turns, _ = client.predict("清洁取暖“全覆盖”怎么实现？", [], "", api_name="/ask")
    _, turns, panel = client.predict("那学校呢？", turns, "", api_name="/ask")
    assert len(turns) == 4
    assert said(turns)[3][1].startswith("*检索的问题：学校怎么实现？*")
    assert 'id="source-0-1"' in panel and panel.count("<summary>那学校呢？</summary>") == 1


def test_a_refusal_shows_no_source(client):
    _, turns, panel = client.predict("火星上有水吗？", [], "", api_name="/ask")
    assert said(turns)[1][1] == "> 报告没有说明。"
    assert "wz-related" in panel and "<mark>" not in panel


@pytest.mark.parametrize(
    ("question", "sentence"),
    [("  ", "The question is empty"), ("？？？", "There are no words in"), ("税" * 5001, "at most 5000 can be asked")],
)
def test_a_fault_is_a_sentence_and_loses_nothing(client, question, sentence):
    _, turns, _ = client.predict("清洁取暖“全覆盖”怎么实现？", [], "", api_name="/ask")
    box, after, _ = client.predict(question, turns, "", api_name="/ask")
    assert box == question
    assert said(after)[:2] == said(turns)
    assert sentence in said(after)[-1][1]
    _, again, _ = client.predict("那学校呢？", after, "", api_name="/ask")
    assert "学校怎么实现？" in said(again)[-1][1]


def test_a_defect_is_told_in_the_conversation_too(client, plain, monkeypatch, caplog):
    def broken(*_):
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr(Answerer, "ask", broken)
    box, turns, _ = client.predict("清洁取暖", [], "", api_name="/ask")
    assert box == "清洁取暖"
    assert said(turns)[1][1].startswith("> This question could not be answered")
    assert "ZeroDivisionError: a defect" in caplog.text


def test_the_conversation_shows_text_as_text(plain):
    (shown,) = [
        block["props"] for block in plain.blocks.config["components"] if block["props"].get("elem_id") == "conversation"
    ]
    assert (shown["sanitize_html"], shown["latex_delimiters"], shown["allow_tags"]) == (True, [], False)


def test_a_port_in_use_is_an_error_with_its_remedy(plain):
    port = int(plain.address.rstrip("/").rpartition(":")[2])
    with pytest.raises(WenzhengError, match=rf"Cannot listen on 127\.0\.0\.1:{port}.*--port N"):
        chat.serve(None, "127.0.0.1", port)
    with pytest.raises(WenzhengError, match=r"Cannot listen on 192\.0\.2\.1:0.*"):
        chat.launch(plain.blocks, "192.0.2.1", 0)


def test_the_environment_opens_no_door():
    with subprocess.Popen(
        [sys.executable, "-c", FLAGS],
        cwd=ROOT,
        env=os.environ | MANY_FLAGS,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        flags = json.loads(process.stdout.readline())
        address = flags.pop("address")
        doors = {
            path: status(address + path) for path in ("monitoring", "gradio_api/mcp/", "gradio_api/file=/etc/hosts")
        }
        elsewhere = reachable(socket.gethostbyname(socket.gethostname()), address)
        process.stdin.close()
    assert flags == {
        "share": False,
        "share_url": None,
        "allowed_paths": [],
        "analytics_enabled": False,
        "enable_monitoring": False,
        "run_history": False,
        "mcp_server": False,
        "server_name": "127.0.0.1",
        "dev_mode": False,
        "vibe_mode": False,
        "is_running": True,
    }
    assert doors == {"monitoring": 403, "gradio_api/mcp/": 404, "gradio_api/file=/etc/hosts": 403}
    assert not elsewhere


def status(address):
    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        return opener.open(address, timeout=10).status
    except urllib.error.HTTPError as fault:
        return fault.code


def reachable(host, address):
    """Whether the page can be reached by another address of this machine."""
    if host.startswith("127."):
        return False
    with socket.socket() as other:
        return other.connect_ex((host, int(address.rstrip("/").rpartition(":")[2]))) == 0


# In a browser: the real report, the real encoder, the real page.

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",  # the network cable is out
)
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium; the one place that says what happens without."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        sync_playwright = None
    if CHROMIUM is None or sync_playwright is None:
        without = pytest.fail if os.environ.get("WENZHENG_BROWSER") == "required" else pytest.skip
        without("The browser tests need Chromium and Playwright: sudo apt install chromium && pip install playwright")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def real(browser, real_index):
    """The page as `wenzheng chat` serves it."""
    served = Served(commands.open_answerer(load({"index": str(real_index)})))
    yield served
    served.stop()


@pytest.fixture(scope="module")
def attacked(browser, tmp_path_factory):
    """A page over a report that attacks it; every question is answered with the whole report."""
    root = tmp_path_factory.mktemp("attacked")
    (root / "library").mkdir()
    (root / "text").write_text(f"{HOSTILE}\n\n一、{HOSTILE}\n\n正文{HOSTILE}。\n", encoding="utf-8")
    report = Library(root / "library").add(root / "text", "hostile", HOSTILE)
    rows = (json.dumps({"zh": s.text.strip(), "en": f"English {HOSTILE}"}) + "\n" for s in report.sentences)
    (root / "library" / "hostile" / "english.jsonl").write_text("".join(rows), encoding="utf-8")
    report = Library(root / "library").open("hostile")

    class Quoting:
        searcher = SimpleNamespace(reports={report.id: report})

        def ask(self, question, *_):
            claims = tuple(cite(report, s, s.span, "en") for s in report.sentences if s.kind == "body")
            return Answer(question, "en", "answered", f"searched {question}", claims=claims)

    served = Served(Quoting())
    yield served
    served.stop()


@pytest.fixture
def visit(browser):
    """Open a page; when the test ends, nothing was asked of another machine and nothing was wrong in the console."""
    faults, contexts = [], []

    def note(kind, wrong=lambda what: True, text=str):
        return lambda what: faults.append(f"{kind}: {text(what)}") if wrong(what) else None

    def opened(served, size=WIDE, theme="light"):
        contexts.append(browser.new_context(viewport=size))
        page = contexts[-1].new_page()
        local = (served.address, f"ws{served.address[4:]}", "data:", "blob:")
        page.on("request", note("request", lambda it: not it.url.startswith(local), lambda it: it.url))
        page.on("console", note("console", lambda it: it.type == "error", lambda it: it.text))
        page.on("pageerror", note("pageerror"))
        page.on("dialog", note("dialog", text=lambda it: it.message))
        page.goto(f"{served.address}?__theme={theme}")
        page.locator("#question textarea").wait_for()
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []


def ask(page, question):
    """Ask, and wait for the end of the answer."""
    before = page.locator("[data-testid=bot]").count()
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")
    answered(page, before)


def answered(page, before):
    page.wait_for_function(
        "before => { const all = [...document.querySelectorAll('[data-testid=bot]')];"
        " return all.length > before && !['', '…'].includes(all.at(-1).innerText.trim()) }",
        arg=before,
    )
    page.wait_for_timeout(300)


def said_last(page):
    return page.locator("[data-testid=bot]").last.inner_text()


def inside(page, inner, outer):
    """Whether the top of one element is in what another shows."""
    return page.evaluate(
        "([inner, outer]) => { const [a, b] = [inner, outer].map(it => document.querySelector(it)"
        ".getBoundingClientRect()); return a.top >= b.top - 1 && a.top < b.bottom && a.left >= b.left - 1 }",
        [inner, outer],
    )


def test_one_click_on_an_example_gives_an_answer_with_its_source(visit, real, hohhot):
    page = visit(real)
    page.get_by_role("button", name=HEATING).click()
    answered(page, 0)
    assert '"full coverage" of clean heating' in said_last(page)
    assert "unofficial reference translation" in said_last(page)
    card = page.locator(".wz-card").filter(has_text=QUOTE)
    quotes = page.locator("#sources mark").all_inner_texts()
    assert all(quote in hohhot.source for quote in quotes) and any(QUOTE in quote for quote in quotes)
    assert card.locator(".wz-path").all_inner_texts()[0].startswith("III. Main Tasks for the Next Five Years › (2) ")
    assert card.locator(".wz-path").all_inner_texts()[1].startswith("三、今后五年的主要任务 › (二)")
    assert "(unofficial reference translation)" in card.locator(".wz-english").inner_text()
    assert "hohhot-2021/p20.6 [8633, 8726)" in card.inner_text()
    assert inside(page, ".wz-card mark", ".wz-quote")
    assert not card.locator(".wz-whole p").is_visible()
    card.locator(".wz-whole summary").click()
    assert card.locator(".wz-whole p").inner_text().count("(unofficial reference translation)") == 1
    assert "We will interconnect the heating pipe networks" in card.locator(".wz-whole mark").inner_text()


def test_a_citation_brings_its_own_turns_source_into_view(visit, real):
    page = visit(real)
    ask(page, HEATING)
    ask(page, "How many old residential compounds were renovated?")
    assert page.locator("#source-1-1").is_visible() and not page.locator("#source-0-1").is_visible()
    page.locator('#conversation a[href="#source-0-1"]').click()
    page.wait_for_timeout(300)
    assert page.locator("#source-0-1").is_visible() and not page.locator("#source-1-1").is_visible()
    assert page.evaluate("document.activeElement.id") == "source-0-1"
    assert inside(page, "#source-0-1", "#sources")
    assert inside(page, "#source-0-1 mark", "#source-0-1 .wz-quote")
    assert page.locator("[data-testid=bot]").count() == 2


def test_errata_stand_with_the_quote(visit, real):
    page = visit(real)
    ask(page, "How many old residential compounds were renovated?")
    assert "852" in said_last(page)
    assert "reads “行动,852个”" in page.locator(".wz-erratum").first.inner_text()


def test_a_follow_up_shows_the_question_that_was_searched(visit, real):
    page = visit(real)
    ask(page, HEATING)
    ask(page, "and what about the schools?")
    assert said_last(page).startswith("Searched for: What does the plan say about the schools?")


def test_a_chinese_question_is_answered_in_chinese_first(visit, real):
    page = visit(real)
    ask(page, "地铁建设情况如何？")
    assert "地铁12号线建成投运" in said_last(page)
    top = [page.locator(f"#source-0-1 {it}").bounding_box()["y"] for it in (".wz-quote", ".wz-english")]
    assert top[0] < top[1]
    assert "unofficial reference translation" in page.locator("#source-0-1 .wz-english").inner_text()


def test_a_refusal_looks_like_one(visit, real):
    page = visit(real, theme="dark")
    ask(page, "Who won the World Cup in 1998?")
    assert page.locator("[data-testid=bot] blockquote").inner_text() == "The report does not say."
    assert page.locator("#sources mark").count() == 0
    assert "Related, but it does not answer the question" in page.locator(".wz-related").inner_text()


def test_a_fault_keeps_the_question_and_the_conversation(visit, real):
    page = visit(real)
    ask(page, HEATING)
    ask(page, "???")
    assert said_last(page).startswith("There are no words in '???'.")
    assert page.input_value("#question textarea") == "???"
    assert page.locator("#source-0-1").is_visible()
    page.get_by_role("button", name="Clear").click()
    page.wait_for_timeout(500)
    assert page.locator("[data-testid=bot]").count() == 0
    assert "The passages that prove the answer appear here" in page.locator("#sources").inner_text()
    ask(page, "and what about the schools?")
    assert "Searched for" not in said_last(page)


@pytest.mark.parametrize(("size", "beside"), [(WIDE, True), (NARROW, False)])
def test_sources_stand_beside_or_below_and_nothing_is_cut(visit, real, size, beside):
    page = visit(real, size)
    ask(page, HEATING)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    chat_box, sources = (page.locator(it).bounding_box() for it in ("#conversation", "#sources"))
    assert (sources["x"] >= chat_box["x"] + chat_box["width"]) is beside
    assert (sources["y"] >= chat_box["y"] + chat_box["height"]) is not beside
    page.locator('#conversation a[href="#source-0-1"]').click()
    page.wait_for_timeout(300)
    card = page.locator("#source-0-1").bounding_box()
    assert 0 <= card["y"] < size["height"] and card["x"] + card["width"] <= size["width"]


def test_a_hostile_report_and_question_are_shown_as_text(visit, attacked):
    page = visit(attacked)
    ask(page, HOSTILE)
    assert HOSTILE in page.locator("[data-testid=user]").inner_text()
    assert HOSTILE in said_last(page)
    assert said_last(page).count(f"searched {HOSTILE}") == 1
    panel = page.locator("#sources")
    for place in (".wz-turn > summary", ".wz-english", ".wz-quote", ".wz-whole p", ".wz-place"):
        assert HOSTILE in panel.locator(place).last.text_content()
    assert panel.locator("script, img, a, code").count() == 0
    assert page.locator("[data-testid] script, [data-testid] img, [data-testid] code, .katex").count() == 0
    links = page.locator("[data-testid] a").evaluate_all("all => all.map(it => it.getAttribute('href'))")
    assert links and all(link.startswith("#source-0-") for link in links)
