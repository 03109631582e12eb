import json
from base64 import b64decode

import pytest
from support import CALIBRATION, RANKER, HashedNgrams, Page

from app import extract
from app.answer import Answerer
from app.feedback import FeedbackStore
from app.handlers import Handlers
from app.saved import check_file
from corpus.library import SHIPPED, Library
from index.build import build
from index.search import Searcher

UNCHANGED = object()
HEATING = "清洁取暖“全覆盖”怎么实现？"


@pytest.fixture(scope="module")
def answerer(tmp_path_factory):
    root = tmp_path_factory.mktemp("plain") / "index"
    build(Library(), root, HashedNgrams())
    return Answerer(Searcher(root, Library(), HashedNgrams(), ranker=RANKER), CALIBRATION)


@pytest.fixture
def handlers(answerer, monkeypatch):
    """Handlers for which everything but 火星 can be answered."""
    select = extract.select
    monkeypatch.setattr("app.abstain.Calibration.confidence", lambda *_: 1.0)
    monkeypatch.setattr("app.extract.select", lambda asked, *seen: () if "火星" in asked else select(asked, *seen))
    return Handlers(answerer, UNCHANGED)


def asked(html):
    return [it["text"] for it in Page(html).all("wz-asked")]


def test_a_question_becomes_a_turn_that_the_browser_keeps(handlers):
    box, stored, shown = handlers.respond(HEATING, "", [])
    assert box == "" and stored == [{"question": HEATING, "report": "", "alone": False}]
    assert asked(shown) == [HEATING] and any("清洁取暖" in it["text"] for it in Page(shown).all("wz-claim"))


def test_a_follow_up_leans_on_what_the_browser_kept(handlers):
    _, stored, _ = handlers.respond(HEATING, "", [])
    _, stored, shown = handlers.respond("那学校呢？", "", stored)
    assert len(stored) == 2 and asked(shown) == [HEATING, "那学校呢？"]
    assert "检索的问题：学校怎么实现？" in Page(shown).all("wz-searched")[0]["text"]


@pytest.mark.parametrize(
    ("question", "sentence"),
    [("  ", "The question is empty"), ("？？？", "There are no words in"), ("税" * 5001, "at most 5000 can be asked")],
)
def test_a_fault_is_a_sentence_and_loses_nothing(handlers, question, sentence):
    _, stored, _ = handlers.respond(HEATING, "", [])
    box, after, shown = handlers.respond(question, "", stored)
    assert box is UNCHANGED and after is UNCHANGED
    page = Page(shown)
    assert page.all("wz-asked")[0]["text"] == HEATING and sentence in page.all("wz-fault")[0]["text"]


def test_a_defect_is_told_in_the_conversation_too(handlers, monkeypatch, caplog):
    def broken(*_):
        raise ZeroDivisionError("a defect")

    _, stored, _ = handlers.respond(HEATING, "", [])
    monkeypatch.setattr(handlers._answerer.searcher, "find", broken)
    box, after, shown = handlers.respond("公园有多少？", "", stored)
    assert box is UNCHANGED and after is UNCHANGED
    assert Page(shown).all("wz-fault")[0]["text"].startswith("This question could not be answered")
    assert asked(shown) == [HEATING, "公园有多少？"]
    assert "ZeroDivisionError: a defect" in caplog.text


def test_a_page_opens_with_the_conversation_that_was_kept(handlers):
    stored = [{"question": HEATING}, {"question": "火星上有水吗？"}]
    box, after, shown = handlers.resume("", stored)
    assert box is UNCHANGED and after is UNCHANGED
    assert asked(shown) == [HEATING, "火星上有水吗？"] and len(Page(shown).all("wz-refusal")) == 1
    assert handlers.resume("", "junk")[2] == handlers.fresh()[1]


def test_a_link_asks_its_question_once_and_on_its_own(handlers):
    stored = [{"question": HEATING}]
    _, stored, shown = handlers.resume("那学校呢？", stored)
    assert stored[-1] == {"question": "那学校呢？", "report": "", "alone": True}
    assert asked(shown) == [HEATING, "那学校呢？"] and not Page(shown).all("wz-searched")
    box, after, again = handlers.resume("那学校呢？", stored)
    assert after is UNCHANGED and again == shown


def test_a_report_that_went_leaves_an_error_in_its_place(handlers):
    shown = handlers.resume("", [{"question": HEATING, "report": "gone"}])[2]
    assert "There is no report 'gone'" in Page(shown).all("wz-refusal")[0]["text"]


def test_a_stored_answer_is_never_shown(handlers):
    forged = [{"question": HEATING, "answer": "forged", "claims": ["forged"], "html": "<b>forged</b>"}]
    assert "forged" not in handlers.resume("", forged)[2]


def test_a_report_is_read_by_its_id_and_nothing_else_is(handlers):
    assert 'data-report="hohhot-2021"' in handlers.read("hohhot-2021")
    assert handlers.read("../../etc/passwd") is UNCHANGED and handlers.read("") is UNCHANGED


def test_a_new_conversation_is_empty(handlers):
    stored, shown = handlers.fresh()
    assert stored == [] and asked(shown) == []


def test_a_conversation_is_exported(handlers, tmp_path):
    stored = [{"question": HEATING}, {"question": "火星上有水吗？"}]
    files = {form: Page(handlers.export(form, stored)).all("i")[0] for form in ("md", "docx", "json")}
    data = {form: b64decode(file["data-base64"]) for form, file in files.items()}
    assert [it["data-file"] for it in files.values()] == ["wenzheng.md", "wenzheng.docx", "wenzheng.json"]
    assert "## 清洁取暖" in data["md"].decode() and data["docx"].startswith(b"PK")
    assert [it["status"] for it in json.loads(data["json"])] == ["answered", "refused"]
    (tmp_path / "wenzheng.json").write_bytes(data["json"])
    checked, refused, faults = check_file(tmp_path / "wenzheng.json", SHIPPED)
    assert checked and (refused, faults) == (1, [])
    assert handlers.export("md", stored) != handlers.export("md", stored)  # seen twice by the script


def test_what_a_reader_thinks_is_kept(answerer, handlers, tmp_path):
    store = FeedbackStore(tmp_path)
    judged = Handlers(answerer, UNCHANGED, store)
    stored = [{"question": "森林覆盖率达到多少？"}, {"question": HEATING, "alone": True}, {"question": "那学校呢？"}]
    said = judged.judge(json.dumps({"turn": "2", "verdict": "incomplete", "note": "<b>more</b>"}), stored)
    assert Page(said).all("p")[0]["data-told"] == "2" and said.count("Thank you")
    (kept,) = store
    assert (kept.verdict, kept.note, kept.question, kept.history) == (
        "incomplete", "<b>more</b>", "那学校呢？", (HEATING,)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("turn", "verdict", "why"),
    [
        (5, "right", "no longer in the conversation"),
        (-1, "right", "no longer in"),
        (0, "<b>", "no verdict &#x27;&lt;b"),
    ],
)
def test_what_cannot_be_kept_is_told(answerer, handlers, tmp_path, turn, verdict, why):
    judged = Handlers(answerer, UNCHANGED, FeedbackStore(tmp_path))
    judgement = json.dumps({"turn": turn, "verdict": verdict, "note": ""})
    assert why in judged.judge(judgement, [{"question": HEATING}])
    assert list(FeedbackStore(tmp_path)) == []
    assert "keeps no feedback" in handlers.judge(judgement, [{"question": HEATING}])
