"""Lists that a report spells out, and which of them a question asks for."""

import pytest

from app.listing import asked_for, listings
from index.hits import Hit


@pytest.fixture
def reports(library):
    return {report.id: report for report in library}


def hits(report, **likely):
    """Hits in the order given: sentence id (with _ for .) → probability."""
    ids = [name.replace("_", ".") for name in likely]
    return [
        Hit(n, 1 / n, report.id, report.sentence(id_), (), {}, p)
        for n, (id_, p) in enumerate(zip(ids, likely.values(), strict=True), start=1)
    ]


def found(question, close, rest, reports):
    listing = asked_for(question, close, [*close, *rest], reports)
    return listing and [sentence.id for sentence in listing.sentences]


def test_numbered_items_and_what_opens_them(hohhot):
    (listing,) = listings(hohhot, "p14")
    assert listing.opening.id == "p14.1"
    assert [item.text[:4] for item in listing.items] == [
        "一是培育",
        "二是培育",
        "三是培育",
        "四是培育",
        "五是培育",
        "六是培育",
    ]
    assert listings(hohhot, "p4") == []


def test_short_sentences_that_begin_alike_are_a_list(hohhot):
    (listing,) = listings(hohhot, "p25")
    assert [item.text for item in listing.items] == [
        f"坚决守好{what}安全。" for what in ("政治", "经济", "公共", "社会", "城市")
    ]
    assert listing.opening.id == "p25.1"


def test_it_is_meant_where_it_is_opened_or_two_of_it_are_close(hohhot, reports):
    whole = [f"p15.{n}" for n in range(2, 7)]
    assert found("有哪些?", hits(hohhot, p15_2=0.3), [], reports) == whole
    assert found("有哪些?", hits(hohhot, p19_6=0.5, p15_4=0.4, p15_3=0.2), [], reports) == whole
    assert found("有哪些?", hits(hohhot, p19_6=0.5, p15_4=0.4), [], reports) is None
    assert found("有哪些?", hits(hohhot, p19_6=0.9, p15_4=0.2, p15_3=0.2), [], reports) is None


def test_it_is_meant_where_the_question_says_how_many_there_are(hohhot, reports):
    close = hits(hohhot, p19_6=0.5)
    assert found("有哪四个?", close, hits(hohhot, p15_4=0.3), reports)[0] == "p15.2"
    assert found("有哪五个?", close, hits(hohhot, p15_4=0.3), reports) is None
    assert found("What are the four?", close, hits(hohhot, p15_4=0.1), reports) is None
    assert found("今后四年有哪些?", close, hits(hohhot, p15_4=0.3), reports) is None  # four years, not four things


def test_of_several_lists_the_likeliest(hohhot, reports):
    close = hits(hohhot, p14_1=0.3, p15_2=0.4)
    assert found("有哪些?", close, [], reports)[0] == "p15.2"
