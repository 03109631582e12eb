import pytest

from app.question import LONGEST, clean, subject, unplaced
from corpus.errors import UsageError
from corpus.fold import fold
from corpus.report import Place


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "empty"),
        (" \t\n\u3000\u200b", "empty"),
        ("\x00\x07\x1b", "empty"),
        ("字" * 20_000, "20000 characters"),
        ("😀🎉", "no words"),
        ("?!……", "no words"),
        ("2018", "no words"),
    ],
)
def test_what_is_no_question_is_told_in_one_sentence(typed, says):
    with pytest.raises(UsageError, match=says) as caught:
        clean(typed)
    assert caught.value.exit_code == 2
    assert caught.value.hint


def test_control_characters_and_line_breaks_become_spaces():
    assert clean("  clean\x00heating\r\nplan\u202e?  ") == "clean heating plan ?"
    assert clean("字" * LONGEST) == "字" * LONGEST


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("What does the plan say about clean heating?", "clean heating"),
        ("what does this report say about the airport", "the airport"),
        ("规划里对清洁取暖是怎么说的?", "清洁取暖"),
        ("关于机场报告说了什么?", "机场"),
        ("清洁取暖怎么安排?", "清洁取暖"),
        ("Who gave this report, and when?", "Who gave this report, and when?"),
        ("这份报告是谁作的?", "这份报告是谁作的?"),
        ("报告说了什么?", "报告说了什么?"),
        ("What is the forest coverage rate?", "What is the forest coverage rate?"),
    ],
)
def test_the_subject_is_what_the_report_is_asked_about(question, about):
    assert subject(question) == about


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("呼和浩特市的森林覆盖率是多少？", "全市的森林覆盖率是多少?"),
        ("呼和浩特的森林和呼市的草原", "全市的森林和全市的草原"),
        ("What does hohhot city plan?", "What does the city plan?"),
        ("What is Hohhot's forest coverage?", "What is the city's forest coverage?"),
        ("包头的森林覆盖率是多少？", "包头的森林覆盖率是多少?"),
        ("Are the Hohhotians happy?", "Are the Hohhotians happy?"),
    ],
)
def test_the_place_of_the_report_is_the_city(hohhot, question, about):
    assert unplaced(fold(question), hohhot.places) == about
    assert unplaced(fold(question), ()) == fold(question)


def test_the_name_of_a_place_is_no_pattern():
    place = Place(("A.B",), "甲", r"the \\1 city")
    assert unplaced("A.B and AxB", [place]) == r"the \\1 city and AxB"


@pytest.mark.parametrize(
    ("asked", "searched"),
    [
        ("What does the Hohhot airport cost?", "What does the city airport cost?"),
        ("去Hohhot玩什么?", "去全市玩什么?"),
    ],
)
def test_a_place_gives_way_in_the_language_of_the_question(hohhot, asked, searched):
    assert unplaced(asked, hohhot.places) == searched
