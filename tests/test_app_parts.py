"""Questions that ask two things: where they are cut, and which time each part is about."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.parts import is_thin, parts, times


@pytest.mark.parametrize(
    ("question", "lang", "expected"),
    [
        ("通了几条地铁？以后还修哪些线？", "zh", ["通了几条地铁？", "以后还修哪些线？"]),
        ("森林覆盖率是多少；草原植被盖度又是多少？", "zh", ["森林覆盖率是多少", "草原植被盖度又是多少？"]),
        ("空气好不好，水干净没有？", "zh", ["空气好不好", "水干净没有？"]),
        ("新机场开工了吗，票价贵吗？", "zh", ["新机场开工了吗", "票价贵吗？"]),
        ("医院方面，这五年建成了什么，下一步准备建什么？", "zh", ["医院方面，这五年建成了什么", "下一步准备建什么？"]),
        ("建幼儿园多少所，小学多少所，学位多少个？", "zh", ["建幼儿园多少所", "小学多少所", "学位多少个？"]),
        ("通了几条地铁?以后还修哪些线?", "zh", ["通了几条地铁?", "以后还修哪些线?"]),
        ("How many were there, and what is next?", "en", ["How many were there", "what is next?"]),
        ("Which line opened? Which is to come?", "en", ["Which line opened?", "Which is to come?"]),
        ("Is it open; what does it cost? Thanks!", "en", ["Is it open", "what does it cost? Thanks!"]),
        ("Trains: what has opened and what's next?", "en", ["Trains: what has opened", "what's next?"]),
    ],
)
def test_two_things_asked_are_two_parts(question, lang, expected):
    assert list(parts(question, lang)) == expected


@pytest.mark.parametrize(
    ("question", "lang"),
    [
        ("那快速路呢，通了几条？", "zh"),
        ("冬天取暖这块，报告讲了些什么？都说说。", "zh"),
        ("你好！机场什么时候建成？", "zh"),
        ("今年几乎没有下雨，庄稼怎么样？", "zh"),
        ("修了几条路？为啥？", "zh"),
        ("清洁取暖", "zh"),
        ("", "zh"),
        ("What is planned for schools and hospitals?", "en"),
        ("I just moved here and can't find a flat. What is planned?", "en"),
        ("How many schools? Why?", "en"),
        ("Who gave this report, and when?", "en"),
    ],
)
def test_one_thing_asked_stays_whole(question, lang):
    assert parts(question, lang) == (question,)


@given(st.text(alphabet="森林多少哪些什么吗呢几没有年，,。？?！;；: ", max_size=40))
def test_nothing_of_a_question_is_lost(question):
    said = re.compile("[ ,，;；]")
    assert said.sub("", "".join(parts(question, "zh"))) == said.sub("", question)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (["哪条高铁已经跑起来了", "还有哪些铁路要修？"], (-1, 1)),
        (["哪条高铁已经跑起来了", "还有哪些铁路？"], (-1, 1)),
        (["农村散煤治理完了吗？", "往后谁来管？"], (-1, 1)),
        (["森林覆盖率是多少", "草原植被盖度是多少？"], (0, 0)),
        (["今后建多少所小学", "今后建多少所中学？"], (0, 0)),
        (["已经建了什么", "今后建什么", "在哪里？"], (0, 0, 0)),
        (["今后建什么？"], (0,)),
        (["Which lines are open", "which are still to be built?"], (-1, 1)),
        (["Who gave this report", "when was it given?"], (0, 0)),
        (["谁作的报告", "报告取得了什么反响？"], (0, 0)),
        (["What is planned", "who pays?"], (0, 0)),
        (["What is it for", "who runs it?"], (0, 0)),
    ],
)
def test_of_two_parts_the_other_is_about_the_other_time(asked, expected):
    assert times(asked) == expected


@pytest.mark.parametrize(
    "question",
    [
        "很多大学毕业生找不到工作，报告怎么说的？",
        "空气一直不怎么好，有什么办法？",
        "谁都知道空气差，打算怎么治理？",
        "好几条路都坏了，什么时候修？",
    ],
)
def test_a_statement_asks_nothing(question):
    assert parts(question, "zh") == (question,)


@pytest.mark.parametrize("question", ["通了几条地铁呢？以后还修哪些线呢？", "森林覆盖率是多少，草原植被盖度呢？"])
def test_what_ends_in_ne_may_be_a_question(question):
    assert len(parts(question, "zh")) == 2


@pytest.mark.parametrize(
    ("part", "lang", "expected"),
    [
        ("以后还要修吗？", "zh", True),
        ("后面还有什么任务？", "zh", True),
        ("以后取暖怎么办？", "zh", False),
        ("市里打算怎么避免？", "zh", False),
        ("what comes next?", "en", True),
        ("are more planned?", "en", True),
        ("which railways are still to be built?", "en", False),
    ],
)
def test_a_part_that_names_nothing_is_about_the_whole_question(part, lang, expected):
    assert is_thin(part, lang) is expected
