import json
import math
import subprocess
import sys
from dataclasses import replace

import jsonschema
import pytest
from support import CALIBRATION

from app.answer import Answerer
from app.citation import verify
from app.saved import SCHEMA_FILE
from corpus.errors import UsageError

SCHEMA = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))


@pytest.fixture
def answerer(searcher):
    return Answerer(searcher, CALIBRATION)


def valid(answer):
    row = answer.to_json()
    jsonschema.Draft202012Validator(SCHEMA).validate(row)
    return json.loads(json.dumps(row))


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_a_question_is_answered_with_proof(answerer):
    row = valid(answerer.ask("全市供热“一张网”和清洁取暖“全覆盖”怎么实现?", report="hohhot-2021", id="q1"))
    assert (row["id"], row["status"], row["lang"]) == ("q1", "answered", "zh")
    assert "p20.6" in [claim["citations"][0]["sentence"] for claim in row["claims"]]
    assert verify(row["claims"], answerer.searcher.reports.__getitem__) == []
    assert row["answer"] == " ".join(f"{claim['text']} [{n}]" for n, claim in enumerate(row["claims"], start=1))
    assert [passage["rank"] for passage in row["passages"]] == list(range(1, 21))
    assert set(row["timings_ms"]) == {"question", "search", "select", "verify"}


def test_what_is_searched_for_is_less_than_what_is_read(answerer, monkeypatch):
    found, find = [], answerer.searcher.find
    monkeypatch.setattr(answerer.searcher, "find", lambda *args: found.append((args[0], args[3])) or find(*args))
    answerer.ask("What does the plan say about clean heating in Hohhot?", report="hohhot-2021")
    assert found == [("clean heating in the city", "What does the plan say about clean heating in Hohhot?")]


def test_two_reports_keep_their_citations_apart(answerer):
    question = "完成8000户清洁取暖改造,新建集中供热站多少座?"
    for report in ("anning-2024", "hohhot-2021"):
        row = valid(answerer.ask(question, report=report))
        assert {passage["report"] for passage in row["passages"]} == {report}
    row = valid(answerer.ask(question))
    assert row["claims"][0]["citations"][0]["report"] == "anning-2024"
    assert row["claims"][0]["citations"][0]["sha256"] == answerer.searcher.reports["anning-2024"].sha256
    assert {passage["report"] for passage in row["passages"]} == {"anning-2024", "hohhot-2021"}


def test_a_report_without_an_edition_is_quoted_in_chinese_and_says_so(answerer):
    row = valid(Answerer(answerer.searcher, CALIBRATION, "en").ask("城镇新增就业3000人吗?", report="anning-2024"))
    assert (row["lang"], row["status"]) == ("en", "answered")
    assert "城镇新增就业3000人" in row["answer"]
    assert [note["kind"] for note in row["notes"]] == ["no-translation"]


def test_an_answer_from_both_kinds_of_report_says_both(answerer, monkeypatch):
    both = [answerer.searcher.search("清洁取暖改造", report)[0] for report in ("hohhot-2021", "anning-2024")]
    monkeypatch.setattr("app.extract._close", lambda *_: both)
    row = valid(Answerer(answerer.searcher, CALIBRATION, "en").ask("清洁取暖改造"))
    assert [note["kind"] for note in row["notes"]] == ["unofficial-translation", "no-translation"]


def test_an_english_answer_is_labelled_unofficial(answerer):
    row = valid(answerer.ask("clean heating boilers one network for heating", report="hohhot-2021"))
    assert row["status"] == "answered"
    assert [note["kind"] for note in row["notes"]] == ["unofficial-translation"]
    assert all(claim["text"] == claim["citations"][0]["translation"] for claim in row["claims"])


def test_the_language_can_be_fixed(searcher):
    row = valid(
        Answerer(searcher, replace(CALIBRATION, threshold=0.0), "en").ask(
            "清洁取暖全覆盖怎么实现?", report="hohhot-2021"
        )
    )
    assert row["lang"] == "en"
    assert row["claims"][0]["text"] == row["claims"][0]["citations"][0]["translation"]


def test_a_refusal_claims_nothing_and_lists_no_sources(answerer):
    row = valid(answerer.ask("Who won the 2018 World Cup?"))
    assert (row["status"], row["claims"], row["answer"]) == ("refused", [], "The report does not say.")
    assert valid(answerer.ask("2018年世界杯冠军是谁?"))["answer"] == "报告没有说明。"


def test_a_follow_up_is_searched_with_what_it_leans_on(answerer):
    row = valid(answerer.ask("那中小学呢?", ["新增多少所公办幼儿园?"], report="hohhot-2021"))
    assert row["standalone_question"] == "新增多少所中小学?"
    assert "p23.3" in [passage["sentence"] for passage in row["passages"][:3]]


def test_a_claim_that_does_not_verify_is_left_out_and_said_so(answerer, monkeypatch):
    question = "全市供热“一张网”和清洁取暖“全覆盖”怎么实现?"
    whole = answerer.ask(question, report="hohhot-2021")
    monkeypatch.setattr("app.answer.verify", lambda claims, _: ["no"] if claims[0] == whole.claims[0].to_json() else [])
    row = valid(answerer.ask(question, report="hohhot-2021"))
    assert whole.claims[0].text not in row["answer"]
    assert "dropped" in [note["kind"] for note in row["notes"]]


def test_errors_have_rows_and_exceptions(answerer):
    with pytest.raises(UsageError, match="no report 'nowhere'"):
        answerer.ask("清洁取暖", report="nowhere")
    row = valid(answerer.failed("", UsageError("It is bad.", "Mend it."), id="x", line=3))
    assert (row["status"], row["error"]) == ("error", {"message": "It is bad.", "hint": "Mend it.", "line": 3})


def test_answers_do_not_depend_on_the_hash_seed(library, tmp_path):
    script = (
        "import sys, json; sys.path.insert(0, sys.argv[1]);"
        "from pathlib import Path; from support import CALIBRATION, RANKER, HashedNgrams;"
        "from corpus.library import Library;"
        "from index.build import build; from index.search import Searcher; from app.answer import Answerer;"
        "library = Library(sys.argv[2]); root = Path(sys.argv[3]); encoder = HashedNgrams();"
        "build(library, root, encoder); searcher = Searcher(root, library, encoder, ranker=RANKER);"
        "answerer = Answerer(searcher, CALIBRATION);"
        "rows = [answerer.ask(q).to_json() for q in ('清洁取暖怎么安排?', 'What are the six industrial clusters?')];"
        "[row.pop('timings_ms') for row in rows]; print(json.dumps(rows, sort_keys=True))"
    )
    outputs = set()
    for seed in ("1", "2"):
        run = subprocess.run(
            [
                sys.executable,
                "-c",
                script,
                str(SCHEMA_FILE.parents[1] / "tests"),
                str(library.root),
                str(tmp_path / seed),
            ],
            env={"PYTHONHASHSEED": seed, "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=True,
        )
        outputs.add(run.stdout)
    assert len(outputs) == 1


@pytest.fixture
def searched(answerer, monkeypatch):
    """Every question that is searched, in order."""
    find, found = answerer.searcher.find, []
    monkeypatch.setattr(answerer.searcher, "find", lambda way, *rest: found.append(way) or find(way, *rest))
    return found


def test_each_thing_asked_is_searched_alone_and_in_the_whole_question(answerer, searched):
    first, second = "新增多少所公办幼儿园?", "改造了多少个老旧小区?"
    row = valid(answerer.ask(f"{first}{second}".replace("?", "？"), report="hohhot-2021"))
    assert searched == [first, first + second, second]
    assert [claim["citations"][0]["sentence"] for claim in row["claims"]] == ["p5.5", "p23.3"]
    assert [passage["rank"] for passage in row["passages"]] == list(range(1, 21))


def test_one_thing_asked_is_searched_once(answerer, searched):
    answerer.ask("全市供热“一张网”怎么实现？", report="hohhot-2021")
    assert searched == ["全市供热“一张网”怎么实现?"]


def test_a_follow_up_is_searched_in_full_and_after_what_it_leans_on(answerer, searched):
    answerer.ask("那中小学呢？", ["新增多少所公办幼儿园？"], report="hohhot-2021")
    assert searched == ["新增多少所中小学?", "新增多少所公办幼儿园? 那中小学呢?"]


def test_what_would_be_refused_is_tried_again_after_the_question_before_it(searcher, searched):
    strict = Answerer(searcher, replace(CALIBRATION, threshold=0.5))
    before, asked = "全市供热“一张网”和清洁取暖“全覆盖”怎么实现?", "资金如何保障?"
    assert valid(strict.ask(asked, report="hohhot-2021"))["status"] == "refused"
    searched.clear()
    row = valid(strict.ask(asked, ["城镇就业?", before], report="hohhot-2021"))
    assert searched == [asked, f"{before} {asked}"]
    assert (row["status"], row["standalone_question"]) == ("answered", f"{before} {asked}")
    assert "p20.6" in [claim["citations"][0]["sentence"] for claim in row["claims"]]
    assert row["question"] == asked


def test_what_says_enough_and_is_answered_is_not_tried_again(answerer, searched):
    asked = "全市供热“一张网”和清洁取暖“全覆盖”怎么实现?"
    row = valid(answerer.ask(asked, ["新增多少所公办幼儿园?"], report="hohhot-2021"))
    assert (row["status"], row["standalone_question"]) == ("answered", asked)
    assert searched == [asked]


def test_what_says_little_is_taken_with_the_question_before_it(answerer, searched):
    before = "清洁取暖怎么安排?"
    row = valid(answerer.ask("资金如何保障?", [before], report="hohhot-2021"))
    assert row["standalone_question"] == f"{before} 资金如何保障?"
    assert len(searched) == 2


def test_what_says_little_stands_alone_where_that_is_much_likelier(answerer, monkeypatch):
    find = answerer.searcher.find

    def alone_is_likelier(wanted, report, k, way):
        found = find(wanted, report, k, way)
        return replace(found, odds=found.odds - 9) if "怎么安排" in way else found

    monkeypatch.setattr(answerer.searcher, "find", alone_is_likelier)
    row = valid(answerer.ask("资金如何保障?", ["清洁取暖怎么安排?"], report="hohhot-2021"))
    assert row["standalone_question"] == "资金如何保障?"


def test_the_place_of_a_report_is_searched_as_the_city(answerer, searched):
    answerer.ask("呼和浩特的清洁取暖怎么安排？", report="hohhot-2021")
    answerer.ask("呼和浩特的清洁取暖怎么安排？", report="anning-2024")
    assert searched == ["全市的清洁取暖", "呼和浩特的清洁取暖"]


def test_a_sign_against_an_answer_lowers_its_confidence(searcher):
    plain = Answerer(searcher, replace(CALIBRATION, threshold=0.0))
    heeding = Answerer(searcher, replace(plain.calibration, signs={"number": -1.0}))

    def odds(answerer, question):
        likely = answerer.ask(question, report="hohhot-2021").confidence
        return math.log(likely / (1 - likely))

    right, wrong = "36户国有企业整合得怎么样?", "99户国有企业整合得怎么样?"
    assert odds(heeding, right) == odds(plain, right)
    assert odds(heeding, wrong) == pytest.approx(odds(plain, wrong) - 1, abs=0.01)


def test_a_mended_question_is_searched_as_mended(answerer, searched):
    answerer.ask("What will Helingeer New Area focus on?")
    assert searched == ["What will Horinger New Area focus on?"]


@pytest.mark.parametrize("before", ["", "谢谢"])
def test_nothing_worth_carrying_is_not_carried(answerer, before):
    answer = answerer.ask("2018年世界杯冠军是谁?", [before])
    assert answer.standalone_question == "2018年世界杯冠军是谁?"


def test_a_pasted_page_is_searched_by_its_gist(answerer, searched, hohhot):
    page = "".join(sentence.text for sentence in hohhot.paragraph("p20").sentences) + "清洁取暖怎么安排？"
    answerer.ask(page)
    assert all(len(way) < 200 for way in searched)


def test_what_was_asked_and_not_answered_is_said(answerer, monkeypatch):
    monkeypatch.setattr("app.answer.extract.left_out", lambda *_: ("谁是冠军?",))
    answer = answerer.ask("全市供热“一张网”怎么实现?")
    assert answer.status == "answered"
    assert ("left-out", "这一部分没有找到答案:谁是冠军?") in answer.notes
    monkeypatch.setattr("app.answer.extract.select_each", lambda *_: ())
    assert not answerer.ask("全市供热“一张网”怎么实现?").notes
