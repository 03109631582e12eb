"""Questions with the passages that answer them, on small files of the tests' own."""

import json

import pytest
from support import SECOND

from index import passages as module
from index import sources
from index.passages import passages
from index.questions import TrainingQuestion

FILLER = "新" * 60 + "。"
ASKED = "全市新建改建幼儿园四十所，新增学位一万二千个。"


def need(zh, evidence, split="train", kind="need", negatives=()):
    return TrainingQuestion(
        "1", "安宁", "1", split, kind, "figure", zh, f"{zh} in English", "x", "x", evidence, negatives
    )


@pytest.fixture
def data(tmp_path, monkeypatch):
    """Public sets, reports and tables of ours, all but empty."""
    for folder in ("train", "bench", "news", "reports", "ours"):
        (tmp_path / folder).mkdir()
    (tmp_path / "bench/DRCD_dev.json").write_text('{"data": []}', encoding="utf-8")
    (tmp_path / "train/covid-policy-qa.zh.jsonl").write_text("", encoding="utf-8")
    (tmp_path / "reports/安宁.txt").write_text(SECOND, encoding="utf-8")
    monkeypatch.setattr(sources, "OURS", tmp_path / "ours")
    monkeypatch.setattr(module, "load_questions", lambda: ())
    return tmp_path


def table(data, name, *rows):
    (data / "ours" / name).write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")


def rows(data, source=None):
    found = list(passages(data, data / "reports", 1))
    return [row for row in found if source in (None, row["source"])]


def test_english_questions_over_english_passages_where_both_have_been_put_into_english(data):
    def paragraph(id_):
        return {
            "id": id_,
            "context": f"在歐洲{id_}。",
            "qas": [{"id": f"{id_}-{n}", "question": "哪？"} for n in (1, 2)],
        }

    drcd = {"data": [{"paragraphs": [paragraph("1-1"), paragraph("1-2")]}]}
    (data / "bench/DRCD_dev.json").write_text(json.dumps(drcd), encoding="utf-8")
    table(data, "drcd.en.tsv", ("1-1-1", "Where?"), ("1-2-1", "Whither?"))
    table(data, "drcd-openings.en.tsv", ("1-1", "In Europe."))
    assert [(row["source"], row["zh"], row["en"], row["passage"]) for row in rows(data)] == [
        ("drcd", "哪?", "Where?", ["在欧洲1-1。"]),
        ("drcd-english", "", "Where?", ["In Europe."]),
        ("drcd", "哪?", "", ["在欧洲1-1。"]),
        ("drcd", "哪?", "Whither?", ["在欧洲1-2。"]),
        ("drcd", "哪?", "", ["在欧洲1-2。"]),
    ]


def test_a_need_has_its_evidence_what_tempts_and_what_is_near(data, monkeypatch):
    evidence = ("新建农村公路120公里。", "1.新建幼儿园6所，新增学位1800个。")
    tempting = "地区生产总值增长５.５％左右；城镇新增就业3000人。"
    asked = need("新建了多少公里公路？", evidence, negatives=(tempting,))
    others = [need("考题", evidence, split="validation"), need("近似", (), kind="near-miss", negatives=(tempting,))]
    monkeypatch.setattr(module, "load_questions", lambda: (*others, asked))
    monkeypatch.setattr(module, "_BM25_NEGATIVES", 2)
    table(data, "evidence.en.tsv", (evidence[0], "It built 120 km of rural roads."))
    english, first, second = rows(data)
    assert (english["source"], english["zh"], english["en"]) == (
        "report-english",
        "",
        "新建了多少公里公路？ in English",
    )
    assert english["passage"] == ["It built 120 km of rural roads."]
    assert (first["source"], first["zh"]) == ("report-questions", "新建了多少公里公路?")
    assert (first["passage"], second["also"]) == (["新建农村公路120公里。"], [["新建农村公路120公里。"]])
    assert first["also"] == [second["passage"]]
    wrong = ["".join(pieces) for pieces in first["negatives"]]
    assert wrong[0] == "地区生产总值增长5.5%左右;城镇新增就业3000人。"
    assert len(wrong) == len(set(wrong)) > 1
    assert not {"".join(first["passage"]), "".join(second["passage"])} & set(wrong)
    assert {row["among"] for row in (english, first, second)} == {""}


def test_questions_on_sentences_are_told_apart_within_their_report(data):
    table(
        data,
        "sentences.tsv",
        ("安宁#p3.2", "修了多长的路？", "How long a road?", "encoder"),
        ("安宁#p5.1", "改造了几个小区？", "How many compounds?", "ranker"),
    )
    (row,) = rows(data)
    assert (row["source"], row["among"]) == ("report-sentences", "安宁")
    assert (row["zh"], row["en"], row["passage"]) == ("修了多长的路?", "How long a road?", ["新建农村公路120公里。"])


def test_news_questions_point_at_a_stretch_of_an_article(data):
    article = f"开头。{ASKED}{FILLER * 4}"
    (data / "news/a.txt").write_text(f"无关。\n{article}", encoding="utf-8")
    table(data, "news.tsv", (f"a:1:3-{3 + len(ASKED)}", "建几所？", "How many?"))
    (row,) = rows(data)  # and nothing else is taken from an article that is asked about
    assert (row["source"], row["zh"], row["en"]) == ("news-questions", "建几所?", "How many?")
    assert row["passage"] == ["全市新建改建幼儿园四十所,新增学位一万二千个。"]


def test_a_cloze_is_a_sentence_and_the_passage_without_it(data):
    sentences = [f"第{n}条新闻讲了一件事情，{'说' * 50}。" for n in range(4)]
    too_long = "长" * 90 + "。"
    (data / "news/a.txt").write_text(f"{''.join(sentences)}\n{too_long * 2}短。", encoding="utf-8")
    (row,) = rows(data, "news-clozes")  # of the other article no sentence can stand for a question
    chosen = next(n for n, sentence in enumerate(sentences) if row["zh"] == sentence.replace("，", ","))
    rest = "".join(sentence for n, sentence in enumerate(sentences) if n != chosen)
    assert row["passage"] == [rest.replace("，", ",")]
    assert row["en"] == ""


def test_there_are_no_more_clozes_than_are_wanted(data, monkeypatch):
    (data / "news/a.txt").write_text(
        "\n".join(FILLER * 3 + f"第{n}条说的是天气如何如何。" for n in range(9)), encoding="utf-8"
    )
    assert len(rows(data, "news-clozes")) == 9
    monkeypatch.setattr(module, "_CLOZES", 2)
    assert len(rows(data, "news-clozes")) == 2
