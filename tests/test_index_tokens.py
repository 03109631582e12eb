"""Terms: what BM25 counts in a Chinese and in an English text, and what language a question is in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.fold import fold
from index.tokens import chinese_question_terms, chinese_terms, english_terms, language


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("清洁取暖", ["清", "洁", "取", "暖", "清洁", "洁取", "取暖"]),
        ("路", ["路"]),
        ("新区,道路", ["新", "区", "新区", "道", "路", "道路"]),
        ("R&D投入", ["r", "d", "投", "入", "投入"]),
        ("GDP增长6.5%", ["gdp", "增", "长", "增长", "6.5"]),
        ("1,234,567人", ["1234567", "人"]),
        ("占比4.5:29.1:66.4", ["占", "比", "占比", "4.5", "29.1", "66.4"]),
        ("𠮷野家", ["𠮷", "野", "家", "𠮷野", "野家"]),
        ("", []),
        ("。、“”()", []),
    ],
)
def test_chinese_terms(text, terms):
    assert chinese_terms(text) == terms


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Clean heating for 24,860 households", ["clean", "heat", "24860", "household"]),
        ("What does it say about the heating?", ["heat"]),
        ("state-owned enterprises", ["state", "own", "enterpris"]),
        ("Hohhot's roads", ["hohhot", "road"]),
        ("HEATING heated heats", ["heat", "heat", "heat"]),
        ("清洁取暖 in 和林格尔", []),
        ("a 0.94% rise", ["0.94", "rise"]),
        ("", []),
    ],
)
def test_english_terms(text, terms):
    assert english_terms(text) == terms


def test_a_two_character_word_is_found_in_the_report(hohhot):
    for word in ("取暖", "奶源", "地铁"):
        holding = {s.id for s in hohhot.sentences if word in s.text}
        assert {s.id for s in hohhot.sentences if word in chinese_terms(fold(s.text))} == holding != set()


def test_an_english_question_shares_with_chinese_text_only_latin_and_digits(hohhot):
    question = chinese_question_terms("Which APP was there in 2016, and who is in charge of clean heating?")
    report = {term for s in hohhot.sentences for term in chinese_terms(fold(s.text))}
    assert [term for term in question if term in report] == ["app", "2016"]


@pytest.mark.parametrize(
    ("question", "content"),
    [
        ("请问清洁取暖有没有进展?", "清洁取暖 进展"),
        ("新建了多少公里农村公路?", "新建 公里农村公路"),
        ("和林格尔新区的定位是什么?", "和林格尔新区 定位"),
        ("和林格尔", "和林格尔"),
        ("是什么时候的?", ""),
        ("为什么要打造“美丽青城”?", "要打造 美丽青城"),
    ],
)
def test_words_that_only_ask_are_left_out(question, content):
    assert chinese_question_terms(question) == chinese_terms(content)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("清洁取暖", "zh"),
        ("清潔取暖怎麼辦", "zh"),
        ("GDP是多少?", "zh"),
        ("2021年GDP增长多少", "zh"),
        ("R&D经费占GDP比重提高了多少", "zh"),
        ("What is 和林格尔新区?", "zh"),
        ("What is planned for 和林格尔新区?", "en"),
        ("How will clean heating be provided?", "en"),
        ("GDP", "en"),
        ("2021", "en"),
        ("", "en"),
    ],
)
def test_language(text, expected):
    assert language(text) == expected


@given(st.text(alphabet="清洁取暖新区xy12.,- '", max_size=40), st.text(alphabet="的了是", max_size=3))
def test_terms_come_from_the_text_and_asking_words_add_none(text, asking):
    assert all(term in text.replace(",", "") for term in chinese_terms(text))
    assert chinese_question_terms(text + asking) == chinese_terms(text)


def test_an_english_question_brings_no_function_words_into_a_chinese_text():
    assert chinese_question_terms("What is the GDP of the city?") == ["gdp", "city"]


@given(st.integers(0, 10**12))
def test_a_number_is_the_same_term_with_and_without_its_commas(number):
    assert chinese_terms(f"共{number:,}人") == ["共", str(number), "人"]
    assert english_terms(f"{number:,} people") == [str(number), "peopl"]
