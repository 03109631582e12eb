import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.citation import cite, verify
from corpus.library import Library
from corpus.report import Span

REPORT = Library().open("hohhot-2021")


def open_report(id_):
    return {REPORT.id: REPORT}[id_]


def sentence_with(words):
    return next(sentence for sentence in REPORT.sentences if words in sentence.text)


@pytest.fixture
def claim():
    sentence = sentence_with("地铁12号线")
    return cite(REPORT, sentence, sentence.span, "en").to_json()


def test_a_claim_is_the_quote_or_the_edition_s_english_for_it():
    sentence = sentence_with("852个老旧小区")
    at = REPORT.source.index("852")
    chinese = cite(REPORT, sentence, Span(at, at + 3), "zh")
    english = cite(REPORT, sentence, Span(at, at + 3), "en")
    (citation,) = english.citations
    assert chinese.text == citation.quote == REPORT.source[citation.start : citation.end]
    assert english.text == citation.translation
    assert "852 old residential compounds" in english.text
    assert (citation.sentence, citation.paragraph, citation.section) == ("p5.5", "p5", "1")
    assert verify([chinese.to_json(), english.to_json()], open_report) == []


def test_errata_inside_the_quote_are_shown(claim):
    (citation,) = claim["citations"]
    assert citation["quote"].startswith("地铁12号线")
    assert [(e["printed"], e["reads"]) for e in citation["errata"]] == [("地铁12号线", "地铁1、2号线")]


def test_without_an_edition_the_claim_is_the_quote(county):
    report = county.open("anning-2024")
    sentence = next(s for s in report.sentences if "８０００" in s.text or "8000户" in s.text)
    claim = cite(report, sentence, sentence.span, "en")
    assert claim.text == claim.citations[0].quote == sentence.text.strip()
    assert "translation" not in claim.to_json()["citations"][0]
    assert verify([claim.to_json()], county.open) == []


@given(st.data())
def test_every_citation_of_any_span_verifies(data):
    sentence = data.draw(st.sampled_from([s for s in REPORT.sentences if s.kind != "heading"]))
    start = data.draw(st.integers(sentence.span.start, sentence.span.end - 1))
    end = data.draw(st.integers(start + 1, sentence.span.end))
    lang = data.draw(st.sampled_from(["zh", "en"]))
    assert verify([cite(REPORT, sentence, Span(start, end), lang).to_json()], open_report) == []


def tamper(claim, **changes):
    damaged = copy.deepcopy(claim)
    damaged["citations"][0] |= changes
    return damaged


MUTATIONS = {
    "the offsets move by one": lambda c: tamper(
        c, start=c["citations"][0]["start"] + 1, end=c["citations"][0]["end"] + 1
    ),
    "the quote loses a character": lambda c: tamper(c, quote=c["citations"][0]["quote"][:-1]),
    "a figure of the quote changes": lambda c: tamper(c, quote=c["citations"][0]["quote"].replace("4条", "5条")),
    "the quote is empty": lambda c: tamper(c, quote="", end=c["citations"][0]["start"]),
    "another file": lambda c: tamper(c, sha256="0" * 64),
    "another sentence": lambda c: tamper(c, sentence="p5.4"),
    "no such sentence": lambda c: tamper(c, sentence="p99.1"),
    "no such report": lambda c: tamper(c, report="elsewhere"),
    "another paragraph": lambda c: tamper(c, paragraph="p6"),
    "another section": lambda c: tamper(c, section="3.2"),
    "the translation changes": lambda c: tamper(c, translation=c["citations"][0]["translation"].replace("4", "5")),
    "the errata are hidden": lambda c: tamper(c, errata=[]),
    "a figure of the claim changes": lambda c: c | {"text": c["text"].replace("4 urban", "5 urban")},
    "the claim denies": lambda c: c | {"text": c["text"].replace("have been", "have not been")},
    "the claim is something else": lambda c: c | {"text": "The city has a metro."},
    "the claim cites nothing": lambda c: c | {"citations": []},
}


@pytest.mark.parametrize("mutate", MUTATIONS.values(), ids=MUTATIONS)
def test_every_tampering_is_caught(claim, mutate):
    assert verify([claim], open_report) == []
    damaged = mutate(claim)
    assert damaged != claim
    assert len(verify([damaged], open_report)) == 1


def test_offsets_written_as_1_0_are_the_same_offsets(claim):
    start = claim["citations"][0]["start"]
    assert verify([tamper(claim, start=float(start))], open_report) == []


def test_nothing_checked_is_never_verified():
    assert verify([], open_report) == ["There is no claim to check."]
