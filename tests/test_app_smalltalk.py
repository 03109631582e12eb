import json

import jsonschema
import pytest
from support import CALIBRATION

from app.abstain import Calibration
from app.answer import Answerer
from app.citation import verify
from app.render import terminal
from app.saved import SCHEMA_FILE, check_file
from app.smalltalk import kind, reply
from corpus.library import SHIPPED


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Hello!", "greeting"),
        ("hi there", "greeting"),
        ("您好!", "greeting"),
        ("你好", "greeting"),
        ("Thanks!", "thanks"),
        ("ok, thank you very much", "thanks"),
        ("好的,谢谢", "thanks"),
        ("謝謝", "thanks"),
        ("Bye", "farewell"),
        ("再见", "farewell"),
        ("What can you do?", "help"),
        ("who are you", "help"),
        ("你是谁?", "help"),
        ("你能帮我做什么", "help"),
        ("Summarise the report", "summary"),
        ("Can you give me a summary of the report?", "summary"),
        ("What is this report about?", "summary"),
        ("请概括报告的主要内容", "summary"),
        ("总结一下这份报告", "summary"),
        ("这份报告主要讲了什么?", "summary"),
        # Questions that only begin or look so.
        ("Hello, how many kindergartens will be added?", ""),
        ("你好,新增多少所幼儿园?", ""),
        ("How can the city help farmers?", ""),
        ("What does the report say about the airport?", ""),
        ("Summarise what the plan says about clean heating", ""),
        ("总结过去五年的成绩", ""),
        ("介绍一下机场", ""),
        ("What are the main points on ecology?", ""),
        ("hello " * 40, ""),
    ],
)
def test_small_talk_is_told_from_questions(said, expected):
    assert kind(said) == expected


@pytest.fixture(scope="module")
def answerer(real_searcher):
    return Answerer(real_searcher, Calibration.load())


def valid(answer):
    row = json.loads(json.dumps(answer.to_json()))
    jsonschema.Draft202012Validator(json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))).validate(row)
    return row


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Hello", "Ask me what the report says"),
        ("谢谢", "不客气"),
        ("What can you do?", "III. Main Tasks for the Next Five Years"),
        ("你能做什么?", "三、今后五年的主要任务"),
    ],
)
def test_small_talk_claims_nothing_and_says_so(answerer, said, words):
    answer = answerer.ask(said)
    row = valid(answer)
    assert (row["status"], row["confidence"], row["claims"], row["passages"]) == ("refused", 0.0, [], [])
    assert [note["kind"] for note in row["notes"]] == ["conversation"]
    assert words in row["answer"]
    reports = answerer.searcher.reports
    assert words in " ".join(terminal(answer, reports).split())


@pytest.mark.parametrize(("said", "lang"), [("Summarise the report", "en"), ("总结一下这份报告", "zh")])
def test_a_summary_is_the_report_s_own_outline_and_cited(answerer, said, lang, tmp_path):
    answer = answerer.ask(said)
    row = valid(answer)
    reports = answerer.searcher.reports
    cited = [claim["citations"][0]["sentence"] for claim in row["claims"]]
    assert row["status"] == "answered"
    assert verify(row["claims"], reports.__getitem__) == []
    assert cited == [
        "p1.2",
        *(f"p{n}.1" for n in range(3, 11)),
        *("p13.1", "p14.1", "p15.1", "p17.1"),
        *(f"3.{n}" for n in range(1, 10)),
        *(f"4.{n}" for n in range(1, 5)),
    ]
    assert row["notes"][0]["kind"] == "summary"
    first = {"en": "The theme of the Congress is", "zh": "大会的主题是"}[lang]
    assert row["answer"].startswith(first)
    assert first in terminal(answer, reports)
    file = tmp_path / "summary.json"
    file.write_text(json.dumps(row), encoding="utf-8")
    assert check_file(file, SHIPPED) == (26, 0, [])


def test_of_several_reports_one_must_be_chosen(searcher):
    answer = Answerer(searcher, CALIBRATION).ask("Summarise the report")
    row = valid(answer)
    assert (row["status"], row["notes"][0]["kind"]) == ("refused", "conversation")
    assert "安宁县2024年政府工作报告" in row["answer"]
    county = valid(Answerer(searcher, CALIBRATION).ask("总结一下这份报告", report="anning-2024"))
    assert county["status"] == "answered"
    assert county["claims"][0]["text"] == "一、经济稳步增长"


def test_a_report_without_parts_is_not_summarised(hohhot):
    from dataclasses import replace

    bare = replace(hohhot, id="bare", sections=(), paragraphs=hohhot.paragraphs[-1:])
    told = reply("Summarise the report", "en", {"bare": bare})
    assert told.claims == ()
    assert "no parts" in told.text
    assert reply("How many?", "en", {"bare": bare}) is None
