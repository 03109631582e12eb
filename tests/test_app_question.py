import pytest

from app.question import LONGEST, clean, subject
from corpus.errors import UsageError


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
