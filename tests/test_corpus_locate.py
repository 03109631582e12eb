import pytest

from corpus.locate import locate
from corpus.report import Span


def test_a_verbatim_quote_is_found_with_its_sentences(hohhot):
    sentence = hohhot.sentence("p20.6")
    start = hohhot.source.index("清洁取暖“全覆盖”")
    (place,) = locate(hohhot, " 清洁取暖“全覆盖”\n")
    assert (place.exact, place.span) == (True, Span(start, start + 9))
    assert place.sentences == (sentence,)


def test_every_place_of_a_quote_is_given_in_order(hohhot):
    places = locate(hohhot, "呼和浩特")
    assert len(places) == hohhot.source.count("呼和浩特") > 1
    assert [place.span for place in places] == sorted(place.span for place in places)
    assert all(hohhot.source[p.span.start : p.span.end] == "呼和浩特" for p in places)


def test_a_quote_over_two_sentences_names_both(hohhot):
    first, second = hohhot.paragraph("p5").sentences[:2]
    (place,) = locate(hohhot, first.text[-6:] + second.text[:6])
    assert [sentence.id for sentence in place.sentences] == [first.id, second.id]


@pytest.mark.parametrize(
    "quote",
    ["清潔取暖“全覆蓋”", "清洁取暖 “全\n覆盖”", "清　洁取暖“全覆盖”"],
)
def test_another_way_of_writing_is_found_after_folding_only(hohhot, quote):
    (place,) = locate(hohhot, quote)
    assert not place.exact
    assert hohhot.source[place.span.start : place.span.end] == "清洁取暖“全覆盖”"


def test_full_width_figures_and_ratios_are_the_same_after_folding(hohhot):
    start = hohhot.source.index("4.5∶29.1∶66.4")
    (place,) = locate(hohhot, "４.５:29.1：66.4")
    assert (place.exact, place.span) == (False, Span(start, start + 13))


@pytest.mark.parametrize("quote", ["", "  ", "清洁取暖全覆盖了", "clean heating"])
def test_what_does_not_stand_there_is_nowhere(hohhot, quote):
    assert locate(hohhot, quote) == ()


def test_the_pages_furniture_belongs_to_no_sentence(hohhot):
    (place,) = locate(hohhot, "发布时间:2021-11-03")
    assert (place.exact, place.sentences) == (True, ())
