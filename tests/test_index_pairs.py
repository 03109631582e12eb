import pytest

from index.pairs import names, pairs
from index.questions import TrainingQuestion


def need(id_, report, zh, split="train", kind="need", en="How many passed through Chengdu airport?"):
    return TrainingQuestion(id_, report, "1", split, kind, "figure", zh, en, "x", "x", ("x",), ())


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("闽宁产业园去年引进了多少家企业？", ("闽宁",)),
        ("成都機場接送了多少人？", ("成都",)),
        ("今后怎么安排？", ()),
    ],
)
def test_names_tell_where_a_question_belongs(question, words):
    assert names(question) == words


REPORTS = {"甲": "成都机场很大。", "乙": "拉萨机场也大。", "丙": "成都在此。", "丁": "没有这座城市。"}
QUESTIONS = [
    need("1", "甲", "成都机场接送了多少人？"),
    need("2", "乙", "今后怎么安排？"),
    need("3", "丙", "今后呢？"),
    need("4", "丁", "成都怎么样？", split="validation"),
    need("5", "乙", "成都的近似问题？", kind="near-miss"),
    need("6", "甲", "成都有多少人？", en="How many live there?"),
]


def test_a_pair_needs_a_name_that_the_other_report_lacks():
    found = pairs(QUESTIONS, REPORTS, wanted=10)
    assert [(pair.question.id, pair.report, pair.absent) for pair in found] == [("1", "乙", "成都")]


def test_the_draw_is_always_the_same_and_no_larger_than_wanted():
    many = [need(str(n), "甲", "成都机场接送了多少人？") for n in range(30)]
    questions = [*many, *(need(f"o{n}", f"报告{n}", "今后呢？") for n in range(5))]
    reports = {"甲": "成都", **{f"报告{n}": "别处" for n in range(5)}}
    first = pairs(questions, reports, wanted=20)
    assert len(first) == 20
    assert first == pairs(questions, reports, wanted=20)
    assert first != pairs(questions, reports, wanted=20, seed=2)
