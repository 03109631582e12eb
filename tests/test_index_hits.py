"""One search asked in several ways: what was found becomes one ranking."""

import math

import pytest

from index.hits import Found, Hit


@pytest.fixture
def found(hohhot):
    def ranked(odds, **likely):
        rows = enumerate(likely.items(), start=1)
        hits = (Hit(n, 1 / n, hohhot.id, hohhot.sentence(id_.replace("_", ".")), (), {}, p) for n, (id_, p) in rows)
        return Found(tuple(hits), odds)

    return ranked


def test_the_mean_is_geometric_and_counts_hardly_anything_where_a_sentence_was_not_found(found):
    mean = Found.mean([found(1.0, p6_4=0.75, p20_6=0.9), found(-2.0, p20_6=0.4, p5_5=0.001)])
    assert [(hit.rank, hit.sentence.id, hit.probability) for hit in mean.hits] == [
        (1, "p20.6", 0.6),
        (2, "p6.4", 0.15),
        (3, "p5.5", 0.03),
    ]
    assert mean.odds == -0.5


def test_equals_stand_as_they_did_and_one_way_alone_is_untouched(found):
    one, other = found(0.1234567, p6_4=0.3, p20_6=0.2), found(0.1, p20_6=0.3, p6_4=0.2)
    assert [hit.sentence.id for hit in Found.mean([one, other]).hits] == ["p6.4", "p20.6"]
    assert Found.mean([one]) is one


def test_a_sentence_keeps_what_was_first_seen_of_it_and_reports_are_kept_apart(found, hohhot):
    (seen,) = found(0.0, p6_4=0.4).hits
    elsewhere = Found((Hit(1, 1.0, "other", hohhot.sentence("p6.4"), (), {"zh": 9.0, "en": 0.0}, 0.6),), 0.0)
    mean = Found.mean([Found((seen,), 0.0), elsewhere])
    assert [(hit.report, hit.lexical) for hit in mean.hits] == [("other", {"zh": 9.0, "en": 0.0}), (hohhot.id, {})]
    assert Found.mean([Found(()), Found((), 1.0)]) == Found((), -math.inf)
