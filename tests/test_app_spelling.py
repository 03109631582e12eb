from dataclasses import replace

import pytest

from app.abstain import Calibration
from app.answer import Answerer
from app.pasted import gist
from app.spelling import Speller, edits
from corpus.report import Name


@pytest.fixture(scope="module")
def answerer(real_searcher):
    return Answerer(real_searcher, Calibration.load())


@pytest.fixture(scope="module")
def mend(real_searcher):
    return Speller(real_searcher.reports.values(), real_searcher.encoder.count_tokens).mend


@pytest.mark.parametrize(
    ("one", "two", "distance"),
    [
        ("kindergarden", "kindergarten", 1),
        ("residental", "residential", 1),
        ("airprot", "airport", 1),
        ("compunds", "compounds", 1),
        ("coverage", "coverage", 0),
        ("pacts", "parts", 2),
        ("heating", "meeting", 3),
        ("schools", "scholarship", 3),
    ],
)
def test_typing_errors_are_counted(one, two, distance):
    assert edits(one, two, 2) == distance


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("How many kindergardens will be added?", "How many kindergartens will be added?"),
        (
            "How many old residental compunds were renovated?",
            "How many old residential compounds were renovated?",
        ),
        ("evironment protecton", "environment protection"),
        ("Is there a new airprot?", "Is there a new airport?"),
        ("What is the forest covrage?", "What is the forest coverage?"),
        ("What is planned for Huhehaote?", "What is planned for Hohhot?"),
        ("HUHEHAOTE's forest coverage", "Hohhot's forest coverage"),
        ("What will Helingeer New Area focus on?", "What will Horinger New Area focus on?"),
        ("What will Helinge’er New Area focus on?", "What will Horinger New Area focus on?"),
        ("What will the Horniger New Area focus on?", "What will the Horinger New Area focus on?"),
        ("Will Dahei He be cleaned up?", "Will Dahei River be cleaned up?"),
        ("huhehaote的森林覆盖率是多少?", "呼和浩特的森林覆盖率是多少?"),
    ],
)
def test_names_and_words_are_put_right(mend, typed, meant):
    assert mend(typed) == meant
    assert mend(meant) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "How many kindergartens will be added?",
        "What is planned for Shanxi and Chongqing?",
        "Who won the football championship in Madrid?",
        "Do couriers and their employers specialise?",
        "Why are the rinks mechanised and the masts greener?",
        "What is the GDP of HOHOT?",
        "Write to kindergardens@example.com or see kindergardens.org",
        "改造了多少个老旧小区?",
        "",
    ],
)
def test_what_is_no_error_stays_as_typed(mend, typed):
    assert mend(typed) == typed


def test_a_name_may_also_be_short_in_chinese(hohhot):
    report = replace(hohhot, names=(Name("Hohhot", "呼和浩特", ("呼市",)),))
    assert Speller([report], len).mend("呼市的机场") == "呼和浩特的机场"


def test_without_an_edition_and_names_nothing_is_mended(county):
    report = county.open("anning-2024")
    assert Speller([report], len).mend("How many kindergardens in Huhehaote?") == "How many kindergardens in Huhehaote?"


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("How many old residental compunds were renovated?", "How many old residential compounds were renovated?"),
        ("What will the Helingeer New Area focus on?", "What will the Horinger New Area focus on?"),
        ("改造了多少個老舊小區?", "改造了多少个老旧小区?"),
        (
            "Ｈｏｗ　ｍａｎｙ　ｐｕｂｌｉｃ　ｋｉｎｄｅｒｇａｒｔｅｎｓ　ｗｉｌｌ　ｂｅ　ａｄｄｅｄ？",
            "How many public kindergartens will be added?",
        ),
        ("森林覆盖率是多少？", "森林覆盖率是多少?"),
        ("huhehaote的森林覆盖率是多少?", "呼和浩特的森林覆盖率是多少?"),
    ],
)
def test_it_is_answered_as_if_typed_well(answerer, typed, clean):
    given, meant = answerer.ask(typed), answerer.ask(clean)
    assert meant.status == "answered"
    assert given.claims == meant.claims
    assert given.question == typed.replace("\u3000", " ")


def test_the_mended_question_is_shown(answerer):
    answer = answerer.ask("How many kindergardens will be added?")
    assert answer.question == "How many kindergardens will be added?"
    assert answer.standalone_question == "How many kindergartens will be added?"
    assert answerer.ask("And schools?", ["How many kindergardens will be added?"]).standalone_question == (
        "How many schools will be added?"
    )


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("清洁取暖 plan 是什么?", "p20.6"),
        ("What does the plan say about 清洁取暖?", "p20.6"),
        ("clean heating怎么安排?", "p20.6"),
        ("How many 公办幼儿园 will be added?", "p23.3"),
        ("新增多少所kindergartens?", "p23.3"),
    ],
)
def test_mixed_languages_find_the_same_place(answerer, question, sentence):
    answer = answerer.ask(question)
    assert sentence in [claim.citations[0].sentence for claim in answer.claims]


_LETTER = (
    "I moved to Hohhot last winter with my two children and we live in an old building near the station. The heating "
    "in our flat comes from a coal stove and the smoke is terrible. My neighbours told me that the city is going to "
    "replace coal with clean heating. They also said that boilers will be closed and one network will heat everything."
)
_MATCH = (
    "The match began at three. Ronaldo scored twice before half-time. The crowd was loud. The referee showed four "
    "yellow cards in the second half. After extra time the visitors won the championship on penalties. Fans celebrated "
    "all night in the streets of Madrid."
)


def test_of_a_pasted_paragraph_the_gist_is_searched(answerer, hohhot):
    about = answerer.ask(_LETTER)
    assert about.standalone_question in _LETTER
    assert "heating" in about.standalone_question
    assert "p20.6" in [claim.citations[0].sentence for claim in about.claims]
    asks = answerer.ask(f"{_LETTER} How many public kindergartens will be added?")
    assert asks.standalone_question == "How many public kindergartens will be added?"
    assert [claim.citations[0].sentence for claim in asks.claims] == ["p23.3"]
    paragraph = hohhot.paragraph("p20")
    own = answerer.ask(hohhot.source[paragraph.span.start : paragraph.span.end])
    assert own.status == "answered"
    assert own.passages[0].sentence.paragraph == "p20"
    assert answerer.ask(_MATCH).status == "refused"


def test_of_a_pasted_page_little_is_read(real_searcher, hohhot):
    read = []

    class Counting:
        def encode(self, texts):
            read.extend(texts)
            return real_searcher.encoder.encode(texts)

    for page in (" ".join(r.text for r in hohhot.edition.sentences.values())[:5000], hohhot.source[7000:12_000]):
        read.clear()
        found = gist(page, Counting())
        assert found in page
        assert len(found) <= 300
        assert 6 <= len(read) <= 12
        assert max(map(len, read)) <= 100
    assert gist("How many?" * 20, Counting()) == "How many?" * 20
