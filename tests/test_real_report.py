"""The whole path on the real report with the real encoder, as a new user would walk it."""

import json
import os
import subprocess
import sys

import pytest
from support import ROOT

from app.abstain import Calibration
from app.answer import Answerer
from app.citation import verify
from corpus.fold import fold
from corpus.library import Library
from index.chunk import searched
from index.encode import load_encoder
from index.rerank import Ranker
from index.search import Searcher


@pytest.fixture(scope="module")
def answerer(real_searcher):
    return Answerer(real_searcher, Calibration.load())


ANSWERED = [
    ("what does the plan say about clean heating", "p20.6", "clean heating"),
    ("规划里对清洁取暖是怎么说的?", "p20.6", "清洁取暖“全覆盖”"),
    ("規劃裡對清潔取暖是怎麼說的？", "p20.6", "清洁取暖“全覆盖”"),
    ("What is the forest coverage rate?", "p6.4", "23%"),
    ("森林覆盖率是多少?", "p6.4", "森林覆盖率达到23%"),
    ("How many kindergartens and schools will be built?", "p23.3", "40 public kindergartens"),
    ("要新建多少所幼儿园和学校?", "p23.3", "新增40所公办幼儿园,新建改扩建40所中小学"),
    ("How many old residential compounds have been renovated?", "p5.5", "852 old residential compounds"),
    ("改造了多少个老旧小区?", "p5.5", "852个老旧小区"),
    ("What will the Horinger New Area focus on?", "p19.9", "digital economy"),
    ("和林格尔新区重点发展什么?", "p19.9", "数字经济、信息技术"),
    ("What is planned for the Tuoqing economic development zone?", "p19.9", "clean energy and modern chemicals"),
    ("What does the report say about the airport?", "p15.4", "Hohhot's new airport"),
    ("关于机场报告说了什么?", "p15.4", "呼和浩特新机场"),
    ("Who gave this report, and when?", "h4", "27 September 2021"),
    ("这个报告是谁在什么时候作的?", "h3", "2021927日"),
]


@pytest.mark.parametrize(("question", "sentence", "words"), ANSWERED, ids=[row[0] for row in ANSWERED])
def test_example_questions_are_answered_from_the_right_sentence(answerer, question, sentence, words):
    row = answerer.ask(question).to_json()
    assert row["status"] == "answered"
    assert sentence in [claim["citations"][0]["sentence"] for claim in row["claims"]]
    assert words in row["answer"]
    assert 1 <= len(row["claims"]) <= 5
    assert verify(row["claims"], answerer.searcher.reports.__getitem__) == []


@pytest.mark.parametrize("question", ["What are the six industrial clusters?", "六大产业集群是哪些?"])
def test_the_six_clusters_are_all_there(answerer, question):
    cited = [claim.citations[0].sentence for claim in answerer.ask(question).claims]
    assert cited == [f"p14.{n}" for n in range(1, 8)]


@pytest.mark.parametrize(
    "question",
    [
        "Who won the 2018 World Cup?",
        "2018年世界杯谁夺冠了?",
        "What are the city's GDP and population?",
        "呼和浩特的GDP和人口是多少?",
        "What is Hohhot's GDP?",
        "全市生产总值是多少?",
        "呼和浩特有多少人口?",
    ],
)
def test_what_the_report_does_not_say_is_refused(answerer, question):
    row = answerer.ask(question).to_json()
    assert (row["status"], row["claims"]) == ("refused", [])
    assert len(row["passages"]) == 20


def test_traditional_characters_change_nothing(answerer):
    simplified, traditional = answerer.ask("清洁取暖怎么安排?"), answerer.ask("清潔取暖怎麼安排？")
    assert [hit.sentence.id for hit in traditional.passages] == [hit.sentence.id for hit in simplified.passages]
    assert traditional.claims == simplified.claims


def test_errata_reach_the_reader(answerer):
    (claim,) = [c for c in answerer.ask("地铁1号线和2号线建成了吗?").claims if c.citations[0].sentence == "p5.3"]
    assert [(e.printed, e.reads) for e in claim.citations[0].errata] == [("地铁12号线", "地铁1、2号线")]


def test_no_searched_text_is_longer_than_the_encoder_reads(answerer):
    encoder = answerer.searcher.encoder
    longest = max(encoder.count_tokens(fold(chunk.text)) for chunk in answerer.searcher._chunks.values())
    assert longest <= encoder.max_tokens


def test_no_page_furniture_is_ever_found(answerer):
    for question in ("版权所有是谁?", "技术支持", "备案号", "网站标识码"):
        for hit in answerer.searcher.search(question, k=len(searched(Library().open("hohhot-2021")))):
            assert not any(words in hit.sentence.text for words in ("版权所有", "技术支持", "备案", "标识码", "触屏版"))


def test_both_encoders_give_the_same_answers(answerer, real_index):
    searcher = Searcher(real_index, Library(), load_encoder(light=False), ranker=Ranker.load())
    full = Answerer(searcher, answerer.calibration)
    for question in ("What does the plan say about clean heating?", "六大产业集群是哪些?", "2018年世界杯谁夺冠了?"):
        assert full.ask(question).claims == answerer.ask(question).claims


def test_the_command_gives_the_same_bytes_under_two_hash_seeds(real_index):
    outputs = set()
    for seed in ("1", "2"):
        run = subprocess.run(
            [sys.executable, "-m", "app", "ask", "What about clean heating?", "--json", "--index", str(real_index)],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        row = json.loads(run.stdout)
        del row["timings_ms"]
        outputs.add(json.dumps(row))
    assert len(outputs) == 1


@pytest.mark.parametrize("asked", ["How are IKEA mattresses?", "Why is my laptop fan so loud?"])
def test_what_is_off_the_topic_is_not_taken_with_the_question_before_it(answerer, asked):
    row = answerer.ask(asked, ["Which regional hubs does Hohhot want to become?"]).to_json()
    assert (row["status"], row["standalone_question"]) == ("refused", asked)
