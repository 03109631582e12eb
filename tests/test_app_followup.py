import pytest

from app.followup import leans, standalone


@pytest.mark.parametrize(
    ("question", "lang", "leaning"),
    [
        ("And schools?", "en", True),
        ("What about the soil?", "en", True),
        ("Why?", "en", True),
        ("How many?", "en", True),
        ("Who won the 2018 World Cup?", "en", False),
        ("When will metro line 3 open?", "en", False),
        ("How much will the airport cost?", "en", False),
        ("这个报告是谁作的?", "zh", False),
        ("这项工程花多少钱?", "zh", True),
        ("How many of them are finished?", "en", True),
        ("What comes next for it?", "en", True),
        ("How many public kindergartens will be added?", "en", False),
        ("Is there a plan for clean heating in the city?", "en", False),
        ("那学校呢?", "zh", True),
        ("水呢?", "zh", True),
        ("往后对它有什么安排?", "zh", True),
        ("其中已经完工的有多少?", "zh", True),
        ("新增多少所公办幼儿园?", "zh", False),
        ("清洁取暖怎么安排?", "zh", False),
    ],
)
def test_questions_that_point_back_are_seen(question, lang, leaning):
    assert leans(question, lang) is leaning


def test_a_leaning_question_takes_the_last_one_that_stands():
    history = ["How will the city deal with dirty air?", "And its water?"]
    assert (
        standalone("What about the soil?", history, "en")
        == "How will the city deal with dirty air? What about the soil?"
    )
    assert standalone("清洁取暖怎么安排?", ["新增多少所幼儿园?"], "zh") == "清洁取暖怎么安排?"
    assert standalone("And hospitals?", ["清洁取暖怎么安排?", "那学校呢?"], "en") == "清洁取暖怎么安排? And hospitals?"
    assert standalone("And schools?", ["", " "], "en") == "And schools?"
    assert standalone("And schools?", [], "en") == "And schools?"
    assert standalone("那学校呢?", ["新增多少所公办幼儿园?"], "zh") == "新增多少所公办幼儿园? 那学校呢?"
