"""The page in a browser, as a person uses it: the real report, the real encoder, no network."""

import os
import shutil
import statistics
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from support import HOSTILE, SECOND

from app import chat, commands
from app.abstain import Calibration
from app.answer import Answerer
from app.citation import cite
from app.feedback import FeedbackStore
from app.reply import Answer
from app.settings import load
from corpus.library import SHIPPED, Library
from index.build import build
from index.encode import load_encoder
from index.rerank import Ranker
from index.search import Searcher

HEATING = "What does the plan say about clean heating?"
QUOTE = "实施城区供热管网互联互通,抓好供热电厂热源改造,加快推进分散式锅炉供热清洁化替代工程"
COMPOUNDS = "How many old residential compounds were renovated?"
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
WIDE, MIDDLE, NARROW = ({"width": w, "height": h} for w, h in ((1440, 900), (1024, 768), (390, 844)))
LAST = "[...document.querySelectorAll('.wz-turn')].at(-1)"

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:gradio")


class Served:
    """A page on a port; `stop` closes it."""

    def __init__(self, answerer, data=None, port=0):
        self.blocks = chat.page(answerer, data)
        self.address = chat.launch(self.blocks, "127.0.0.1", port)

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
def answerer(browser, real_index):
    return commands.open_answerer(load({"index": str(real_index)}))


@pytest.fixture(scope="module")
def real(answerer, tmp_path_factory):
    """The page as `wenzheng chat` serves it."""
    served = Served(answerer, tmp_path_factory.mktemp("data"))
    yield served
    served.stop()


@pytest.fixture(scope="module")
def two(browser, tmp_path_factory):
    """A page over two reports."""
    root = tmp_path_factory.mktemp("two")
    shutil.copytree(SHIPPED / "hohhot-2021", root / "library" / "hohhot-2021")
    (root / "second.txt").write_text(SECOND, encoding="utf-8")
    library = Library(root / "library")
    library.add(root / "second.txt", "anning-2024", "安宁县2024年政府工作报告")
    build(library, root / "index", load_encoder(light=False))
    served = Served(
        Answerer(Searcher(root / "index", library, load_encoder(light=True), ranker=Ranker.load()), Calibration.load())
    )
    yield served
    served.stop()


@pytest.fixture
def attacked(browser, hostile):
    """A page over a report that attacks it; every question is answered with the whole report."""

    class Quoting:
        searcher = SimpleNamespace(reports={hostile.id: hostile})

        def ask(self, question, *_):
            claims = tuple(cite(hostile, s, s.span, "en") for s in hostile.sentences if s.kind == "body")
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

    def opened(served, path="", size=WIDE, theme="light", locale="en-GB", context=None):
        if context is None:
            context = browser.new_context(viewport=size, color_scheme=theme, locale=locale, reduced_motion="reduce")
            contexts.append(context)
        page = context.new_page()
        local = (served.address, f"ws{served.address[4:]}", "data:", "blob:")
        page.on("request", note("request", lambda it: not it.url.startswith(local), lambda it: it.url))
        page.on("console", note("console", lambda it: it.type == "error", lambda it: it.text))
        page.on("pageerror", note("pageerror"))
        page.on("dialog", note("dialog", text=lambda it: it.message))
        page.goto(served.address + path)
        page.wait_for_function("document.documentElement.dataset.ui !== undefined")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []


def ask(page, question):
    """Ask, and wait for what comes of it."""
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")
    turned(page, question)


def turned(page, question):
    page.wait_for_function(f"asked => {LAST}?.querySelector('.wz-asked')?.textContent === asked", arg=question)
    page.wait_for_timeout(100)


def turn(page):
    return page.locator(".wz-turn").last


def marked(page, name="wz-cited"):
    """What is marked in the reader: the text of the highlighted range."""
    return page.evaluate("name => [...(CSS.highlights.get(name) ?? [])].map(String).join('')", name)


def in_view(page):
    """Whether what is marked lies in the part of the reader that is seen."""
    return page.evaluate(
        "() => { const [range] = CSS.highlights.get('wz-cited'), a = range.getBoundingClientRect(),"
        " b = document.querySelector('.wz-scroll').getBoundingClientRect();"
        " return b.height > 200 && a.top >= b.top && a.bottom <= b.bottom && b.bottom <= innerHeight }"
    )


def shown_at(page, place):
    """Whether a paragraph is the one the reader was moved to, and seen."""
    return page.evaluate(
        "place => { const it = document.querySelector('.wz-here'); if (it?.dataset.place !== place) return false;"
        " const a = it.getBoundingClientRect(), b = document.querySelector('.wz-scroll').getBoundingClientRect();"
        " return a.top < b.bottom && a.bottom > b.top }",
        place,
    )


def test_one_click_on_an_example_gives_an_answer_marked_in_the_report(visit, real, hohhot):
    page = visit(real)
    page.get_by_role("button", name=HEATING).click()
    turned(page, HEATING)
    assert '"full coverage" of clean heating' in turn(page).locator(".wz-claim").first.inner_text()
    assert "unofficial reference translation" in turn(page).inner_text()
    assert marked(page).startswith(QUOTE) and marked(page) in hohhot.source and in_view(page)
    english = page.locator("#reader .wz-english .wz-cited").all_inner_texts()
    assert any("make every effort to become a Clean Winter Heating City" in part for part in english)
    assert page.locator("#question textarea").input_value() == ""


def test_a_number_moves_the_reader_to_its_own_place(visit, real):
    page = visit(real)
    ask(page, HEATING)
    ask(page, COMPOUNDS)
    assert "老旧小区" in marked(page) and shown_at(page, "p5")
    page.locator(".wz-turn").first.locator(".wz-cite").first.click()
    assert marked(page).startswith(QUOTE) and in_view(page) and shown_at(page, "p20")
    assert page.url.endswith("#hohhot-2021/p20.6")
    assert page.locator("#reader [aria-current]").get_attribute("data-place") == "p20.6"
    page.go_back()
    page.wait_for_timeout(100)
    assert page.locator(".wz-turn").count() == 2


def test_a_chinese_question_is_answered_in_chinese_and_its_misprint_told(visit, real):
    page = visit(real, locale="zh-CN")
    ask(page, "地铁建设情况如何？")
    assert "地铁12号线建成投运" in turn(page).inner_text() and "应读作“地铁1、2号线”" in turn(page).inner_text()
    assert "把握：" in turn(page).inner_text() and "Confidence" not in turn(page).inner_text()
    assert not page.locator(".wz-english").first.is_visible()
    page.get_by_role("button", name="显示英译").click()
    assert "Metro (subway) Lines 1 and 2" in turn(page).locator(".wz-other").first.inner_text()
    assert "非官方参考译文" in turn(page).locator(".wz-other").first.inner_text()


def test_a_follow_up_shows_the_question_that_was_searched(visit, real):
    page = visit(real)
    ask(page, HEATING)
    ask(page, "and what about the schools?")
    assert turn(page).locator(".wz-searched").inner_text() == "Searched for: What does the plan say about the schools?"
    page.get_by_role("button", name="New conversation").click()
    page.locator(".wz-welcome").wait_for()
    ask(page, "and what about the schools?")
    assert turn(page).locator(".wz-searched").count() == 0


def test_a_refusal_looks_like_one_and_marks_nothing(visit, real):
    page = visit(real, theme="dark")
    ask(page, HEATING)
    ask(page, "Who won the World Cup in 1998?")
    assert turn(page).locator(".wz-refusal").inner_text() == "The report does not say."
    assert marked(page) == "" and turn(page).locator(".wz-cite").count() == 0
    related = turn(page).locator(".wz-related")
    assert "Related, but it does not answer the question" in related.inner_text()
    related.get_by_role("link").click()
    assert marked(page) == "" and page.locator(".wz-here").count() == 1


def test_why_these_passages_is_one_click_away(visit, real):
    page = visit(real)
    ask(page, HEATING)
    assert not page.locator(".wz-why table").is_visible()
    page.get_by_text("Why these passages").click()
    row = page.locator(".wz-why tbody tr").first.inner_text()
    assert row.startswith("1\tp20.6 cited") and row.endswith("clean, heat")
    page.locator(".wz-why tbody a").nth(1).click()
    assert page.locator(".wz-here").count() == 1 and marked(page) == ""


def test_a_fault_keeps_the_question_and_the_conversation(visit, real):
    page = visit(real)
    ask(page, HEATING)
    ask(page, "???")
    assert turn(page).locator(".wz-fault").inner_text().startswith("There are no words in '???'.")
    assert page.input_value("#question textarea") == "???"
    ask(page, COMPOUNDS)
    assert page.locator(".wz-asked").all_inner_texts() == [HEATING, COMPOUNDS]


def test_a_sentence_of_the_report_can_be_asked_about(visit, real):
    page = visit(real)
    page.locator('[data-place="p5.4"]').click()
    page.get_by_role("button", name="Ask about this").click()
    box = page.locator("#question textarea")
    assert box.input_value() == (
        'What does the report say about “We have vigorously pushed forward the campaign to "ease traffic congestion”?'
    )
    assert page.locator(".wz-turn").count() == 0 and page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    page.keyboard.press("Enter")
    turned(page, box.input_value() or page.locator(".wz-asked").last.inner_text())
    assert page.locator(".wz-turn").count() == 1
    page.get_by_role("button", name="中文").click()
    page.locator('[data-place="p5.4"]').click()
    page.get_by_role("button", name="就此提问").click()
    assert box.input_value() == "关于“强力推进“疏堵保畅、还路于民”行动”，报告怎么说？"


def test_the_outline_leads_through_the_report(visit, real):
    page = visit(real)
    page.get_by_text("Outline").first.click()
    page.get_by_role("link", name="Unswervingly Advance Full and Rigorous").click()
    assert shown_at(page, "4") and page.url.endswith("#hohhot-2021/4")
    assert not page.locator(".wz-outline nav").is_visible()


def test_everything_can_be_done_from_the_keyboard(visit, real):
    page = visit(real)
    ask(page, COMPOUNDS)
    page.locator("#conversation .wz-cite").first.focus()
    page.keyboard.press("Enter")
    assert "老旧小区" in marked(page)
    page.locator(".wz-scroll").focus()
    for key in ("Enter", "ArrowDown", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.dataset.place") == "p5.6"
    assert page.url.endswith("#hohhot-2021/p5.6")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert "Neat and Clean" in page.input_value("#question textarea")
    page.locator(".wz-scroll").focus()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    assert "852 old residential compounds" in page.locator("#wz-status").text_content() or marked(page)


def test_screen_readers_hear_the_answer(visit, real):
    page = visit(real)
    ask(page, COMPOUNDS)
    assert "852 old residential compounds" in page.get_by_role("status").filter(has_text="852").text_content()
    assert page.get_by_role("region", name="The report").count() == 1
    assert page.get_by_role("textbox", name="Question").count() == 1


def test_the_page_follows_the_browsers_language_and_remembers_a_choice(visit, real):
    page = visit(real, locale="zh-CN")
    assert page.locator("html").get_attribute("lang") == "zh"
    assert page.get_by_role("button", name="培育哪六大产业集群？").is_visible()
    assert page.locator("#question textarea").get_attribute("placeholder") == "用中文或英文向报告提问"
    page.get_by_role("button", name="English", exact=True).click()
    assert page.get_by_role("button", name="Ask", exact=True).is_visible()
    assert not page.get_by_role("button", name="培育哪六大产业集群？").is_visible()
    page.reload()
    page.wait_for_function("document.documentElement.dataset.ui === 'en'")
    assert page.get_by_role("button", name="New conversation").is_visible()


def test_an_answer_is_copied_with_its_citations(visit, real, browser):
    page = visit(real)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, HEATING)
    turn(page).get_by_role("button", name="Copy").click()
    page.wait_for_timeout(100)
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith(f"{HEATING}\n\nWe will interconnect") and f"“{QUOTE}" in text and "SHA-256 d94dc40a" in text
    turn(page).get_by_role("link", name="Link").click()
    page.wait_for_timeout(100)
    assert (
        page.evaluate("navigator.clipboard.readText()")
        == f"{real.address}?q={quote(HEATING, safe='').replace('%20', '+')}"
    )


@pytest.mark.parametrize(("form", "name"), [("Markdown", "md"), ("Word", "docx"), ("JSON", "json")])
def test_a_conversation_is_taken_away(visit, real, form, name, tmp_path):
    page = visit(real)
    assert not page.get_by_role("button", name=form).is_visible()
    ask(page, HEATING)
    files = []
    page.on("download", lambda it: files.append(it))
    for _ in range(2):
        with page.expect_download():
            page.get_by_role("button", name=form).click()
        page.wait_for_timeout(500)
    assert [it.suggested_filename for it in files] == [f"wenzheng.{name}"] * 2  # each click saves once
    files[-1].save_as(tmp_path / "file")
    data = (tmp_path / "file").read_bytes()
    assert data.startswith(b"PK") if name == "docx" else QUOTE.encode() in data


def test_a_reader_says_what_is_wrong_by_keyboard_and_it_stays_here(visit, answerer, tmp_path):
    served = Served(answerer, tmp_path)
    try:
        page = visit(served)
        ask(page, HEATING)
        ask(page, COMPOUNDS)
        turn(page).get_by_text("Is this right?").click()
        turn(page).get_by_role("button", name="Send").click()
        assert turn(page).locator(".wz-outcome").inner_text() == "Choose one first."
        turn(page).get_by_role("radio", name="Right", exact=True).focus()
        for key in ("ArrowDown", "Tab"):
            page.keyboard.press(key)
        page.keyboard.type("that is / <b>another</b> place")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        turn(page).get_by_text("Thank you.").wait_for()
        assert page.locator("#wz-status").inner_text().startswith("Thank you.")
    finally:
        page.close()
        served.stop()
    (kept,) = FeedbackStore(tmp_path)
    assert (kept.verdict, kept.note) == ("wrong-citation", "that is / <b>another</b> place")
    assert (kept.question, kept.history) == (COMPOUNDS, (HEATING,))


def test_a_greeting_gets_a_friendly_word(visit, real):
    page = visit(real)
    ask(page, "Hello!")
    assert turn(page).locator(".wz-reply").inner_text().startswith("Hello. Ask me what the report says")
    assert turn(page).locator(".wz-refusal, .wz-related, .wz-judge, button").count() == 0


def test_a_link_asks_its_question_and_a_place_opens_the_report_there(visit, real):
    page = visit(real, f"?q={quote(HEATING)}")
    turned(page, HEATING)
    assert marked(page).startswith(QUOTE)
    page.reload()
    turned(page, HEATING)
    assert page.locator(".wz-turn").count() == 1
    other = visit(real, "#hohhot-2021/p31")
    other.wait_for_function("document.querySelector('.wz-here')")
    assert shown_at(other, "p31") and marked(other) == ""
    ask(other, HEATING)
    assert marked(other).startswith(QUOTE) and in_view(other)


def test_a_place_that_is_none_does_no_harm(visit, real):
    for place in ("#hohhot-2021/p999", '#hohhot-2021/"]<img src=x onerror=alert(1)>', "#", "#x/y"):
        page = visit(real, place)
        assert page.locator(".wz-here").count() == 0 and page.locator("img[src=x]").count() == 0


def test_a_conversation_outlives_a_reload_and_a_restart(visit, browser, answerer, tmp_path):
    served = Served(answerer, tmp_path)
    page = visit(served)
    ask(page, HEATING)
    ask(page, "and what about the schools?")
    page.wait_for_function("localStorage.getItem('wenzheng-conversation')")
    kept = page.evaluate("localStorage.getItem('wenzheng-conversation')")
    assert "heating" not in kept  # locked with the key
    page.reload()
    turned(page, "and what about the schools?")
    assert turn(page).locator(".wz-searched").count() == 1
    context, port = page.context, int(served.address.rstrip("/").rpartition(":")[2])
    page.close()
    served.stop()
    again = Served(answerer, tmp_path, port)
    try:
        page = visit(again, context=context)
        turned(page, "and what about the schools?")
        assert page.locator(".wz-asked").all_inner_texts() == [HEATING, "and what about the schools?"]
    finally:
        page.close()
        again.stop()


def test_the_reader_shows_the_report_that_is_cited_or_chosen(visit, two):
    page = visit(two)
    assert page.locator(".wz-reader").get_attribute("data-report") == "anning-2024"
    ask(page, COMPOUNDS)
    page.wait_for_function("document.querySelector('.wz-reader').dataset.report === 'hohhot-2021'")
    page.wait_for_function("CSS.highlights.has('wz-cited')")
    assert "老旧小区" in marked(page) and in_view(page)
    page.locator(".wz-chooser select").select_option("anning-2024")
    page.wait_for_function("document.querySelector('.wz-reader').dataset.report === 'anning-2024'")
    page.wait_for_timeout(200)
    assert marked(page) == ""
    page.locator(".wz-cite").first.click()
    page.wait_for_function("document.querySelector('.wz-reader').dataset.report === 'hohhot-2021'")
    page.wait_for_function("CSS.highlights.has('wz-cited')")
    assert "老旧小区" in marked(page)
    other = visit(two, "#hohhot-2021/p31")
    other.wait_for_function("document.querySelector('.wz-here')?.dataset.place === 'p31'")


@pytest.mark.parametrize("size", [WIDE, MIDDLE])
def test_the_report_stands_beside_the_conversation(visit, real, size):
    page = visit(real, size=size)
    ask(page, HEATING)
    talk, report = (page.locator(it).bounding_box() for it in ("#talk", "#report"))
    assert report["x"] >= talk["x"] + talk["width"] and report["height"] > size["height"] * 0.85
    assert page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == [
        size["width"],
        size["height"],
    ]
    assert in_view(page)


def test_a_phone_shows_one_of_the_two(visit, real):
    page = visit(real, size=NARROW)
    ask(page, HEATING)
    assert page.locator("#conversation").is_visible() and not page.locator("#reader").is_visible()
    page.locator(".wz-cite").first.click()
    assert page.locator("#reader").is_visible() and not page.locator("#conversation").is_visible()
    assert marked(page).startswith(QUOTE) and in_view(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_role("button", name="Conversation", exact=True).click()
    page.get_by_text("Why these passages").click()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_role("button", name="Report", exact=True).click()
    page.get_by_role("button", name="Conversation", exact=True).click()
    assert page.locator("#conversation").is_visible() and not page.locator("#reader").is_visible()


def test_a_hostile_report_and_question_are_shown_as_text(visit, attacked, hostile):
    page = visit(attacked)
    ask(page, HOSTILE)
    assert page.locator(".wz-asked").inner_text() == HOSTILE
    assert page.locator(".wz-searched").inner_text() == f"Searched for: searched {HOSTILE}"
    sentence = next(s for s in hostile.sentences if s.kind == "body")
    assert HOSTILE in turn(page).locator(".wz-claim").first.inner_text()
    assert page.locator("#conversation, #reader").locator("script, img, code:not(dd code), style").count() == 0
    page.locator(".wz-cite").first.click()
    assert marked(page) == sentence.text.strip()
    page.locator(".wz-cite").last.click()
    assert marked(page) == hostile.sentences[-1].text.strip().replace("\u202e", "\ufffd").replace("\u202c", "\ufffd")
    page.locator("#reader .wz-s").last.click()
    page.get_by_role("button", name="Ask about this").click()
    page.reload()
    turned(page, HOSTILE)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_axe_finds_no_serious_violation(visit, two, size, theme):
    import axe_playwright_python

    script = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
    page = visit(two, size=size, theme=theme)
    found = axe(page, script)
    ask(page, COMPOUNDS)
    ask(page, "Who won the World Cup in 1998?")
    page.get_by_text("Why these passages").last.click()
    page.get_by_role("button", name="Show the Chinese").first.click()
    found += axe(page, script)
    page.locator(".wz-cite").first.click()
    page.wait_for_function("document.querySelector('.wz-here')")
    page.locator("#reader .wz-here .wz-s").first.click()
    page.get_by_text("Outline").first.click()
    found += axe(page, script)
    assert found == []


def axe(page, script):
    page.evaluate(script)
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert len(result["passes"]) > 10
    return [
        (it["id"], it["impact"], [node["html"][:160] for node in it["nodes"]][:3])
        for it in result["violations"]
        if it["impact"] in ("serious", "critical")
    ]


WAIT = """question => new Promise((done) => {
  const box = document.querySelector("#question textarea");
  const frame = (began) => {
    const asked = [...document.querySelectorAll(".wz-turn .wz-asked")].at(-1)?.textContent;
    if (asked === question) done(performance.now() - began); else requestAnimationFrame(() => frame(began));
  };
  box.addEventListener("keydown", () => frame(performance.now()), { once: true });
})"""


def test_the_page_paints_soon_and_answers_at_once(visit, real):
    page = visit(real)
    page = visit(real, context=page.context)  # warm
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    waits = []
    for n in range(5):
        page.fill("#question textarea", f"{COMPOUNDS} {n}")
        page.evaluate(f"window.waited = ({WAIT})({f'{COMPOUNDS} {n}'!r}); undefined")
        page.keyboard.press("Enter")
        waits.append(page.evaluate("window.waited"))
    # Four times what is promised on a quiet machine (2 s, 300 ms): a busy one must not fail.
    assert paint < 8000 and statistics.median(waits) < 1200, (paint, waits)
