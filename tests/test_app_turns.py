from dataclasses import replace
from urllib.parse import parse_qs

import pytest
from support import HOSTILE, Page, answer, nearest

from app import turns
from app.reply import Answer
from app.why import shared_terms
from app.words import both, for_script
from corpus.report import Span
from index.hits import Hit, Match

UNOFFICIAL = "unofficial reference translation非官方参考译文"


def highlighted(shown, words):
    """The same answer, the place of `words` in its first quote given as its short answer."""
    claim = shown.claims[0]
    citation = claim.citations[0]
    at = citation.quote.index(words)
    marked = replace(citation, highlight=(at, at + len(words)))
    return replace(shown, claims=(replace(claim, citations=(marked,)), *shown.claims[1:]))


def test_every_sentence_has_its_number_and_its_place(hohhot):
    shown = answer(hohhot, ["p5.3", "p5.5", "p20.6"], "en")
    page = Page(turns.turn(shown, 0, {hohhot.id: hohhot}))
    links = page.all("wz-cite")
    assert [it["text"] for it in links] == [f"Source出处 {n}" for n in (1, 2, 3)]
    for claim, said, link in zip(shown.claims, page.all("wz-claim"), links, strict=True):
        citation = claim.citations[0]
        assert said["text"].startswith(claim.text)
        assert link["href"] == f"#hohhot-2021/{citation.sentence}"
        assert hohhot.source[int(link["data-start"]) : int(link["data-end"])] == citation.quote


@pytest.mark.parametrize(("lang", "emphasised"), [("zh", "852个"), ("en", "852")])
def test_the_short_answer_is_emphasised(hohhot, lang, emphasised):
    page = Page(turns.turn(highlighted(answer(hohhot, ["p5.5"], lang), "852个"), 0, {hohhot.id: hohhot}))
    assert [it["text"] for it in page.all("strong")] == [emphasised]
    link = page.all("wz-cite")[0]
    assert hohhot.source[int(link["data-first"]) : int(link["data-last"])] == "852个"


def test_what_a_translation_says_otherwise_is_not_emphasised(hohhot):
    page = Page(turns.turn(highlighted(answer(hohhot, ["p5.5"], "en"), "城市更新"), 0, {hohhot.id: hohhot}))
    assert page.all("strong") == []


@pytest.mark.parametrize(
    ("confidence", "words"), [(0.95, "high把握：高"), (0.7, "fair把握：中"), (0.5, "low – read the source把握：低")]
)
def test_confidence_is_said_in_words(hohhot, confidence, words):
    page = Page(turns.turn(answer(hohhot, ["p5.3"], "en", confidence=confidence), 0, {hohhot.id: hohhot}))
    assert f"Confidence: {words}" in page.all("wz-confidence")[0]["text"]


@pytest.mark.parametrize(("lang", "other", "offered"), [("en", "zh", "Chinese"), ("zh", "en", "English")])
def test_the_other_language_is_one_click_away(hohhot, lang, other, offered):
    page = Page(turns.turn(answer(hohhot, ["p20.6"], lang), 0, {hohhot.id: hohhot}))
    texts = {"zh": hohhot.sentence("p20.6").text, "en": hohhot.edition.sentences["p20.6"].text}
    folded = page.all("wz-other")[0]
    assert "hidden" in folded and folded["text"] == texts[other] + (f"({UNOFFICIAL})" if other == "en" else "")
    assert texts[lang] in page.all("wz-claim")[0]["text"]
    assert f"Show the {offered}" in page.all("wz-tools")[0]["text"]


def test_without_an_edition_there_is_no_other_language(county):
    report = county.open("anning-2024")
    sentence = next(s for s in report.sentences if "清潔取暖改造" in s.text)
    page = Page(turns.turn(answer(report, [sentence.id], "en"), 0, {report.id: report}))
    assert "Show the" not in page.text and page.all("wz-other")[0]["text"] == ""
    assert page.all("wz-claim")[0]["lang"] == "zh"
    assert "unofficial" not in page.text


def test_errata_and_notes_stand_with_the_answer(hohhot):
    shown = answer(hohhot, ["p5.3"], "en", notes=(("unofficial-translation", "The English is unofficial."),))
    page = Page(turns.turn(shown, 0, {hohhot.id: hohhot}))
    assert "reads “地铁1、2号线”" in page.all("wz-erratum")[0]["text"]
    assert page.all("wz-note")[0]["text"] == "The English is unofficial."


def test_a_follow_up_shows_what_was_searched_and_links_to_it(hohhot):
    asked = answer(hohhot, ["p20.6"], "en", "And heating?", standalone_question="Clean air & snow? And heating?")
    page = Page(turns.turn(asked, 0, {hohhot.id: hohhot}))
    assert page.all("wz-searched")[0]["text"].startswith("Searched for: Clean air & snow? And heating?")
    link = next(it for it in page.all("a") if it.get("data-do") == "link")
    assert parse_qs(link["href"][1:]) == {"q": ["Clean air & snow? And heating?"]}
    alone = Page(turns.turn(answer(hohhot, ["p20.6"], "en"), 0, {hohhot.id: hohhot}))
    assert alone.all("wz-searched") == []


def test_a_refusal_shows_a_related_passage_and_no_source(hohhot):
    refusal = answer(hohhot, [], "en", passages=nearest(hohhot, "p11.3"))
    page = Page(turns.turn(refusal, 0, {hohhot.id: hohhot}))
    assert page.all("wz-refusal")[0]["text"] == "The report does not say."
    related = page.all("wz-related")[0]["text"]
    assert related.startswith("Related, but it does not answer the question")
    assert hohhot.sentence("p11.3").text in related and UNOFFICIAL in related
    assert not page.all("wz-cite") and not page.all("wz-confidence") and not page.all("wz-claim")


@pytest.mark.parametrize(("lang", "reply"), [("en", "Hello."), ("zh", "您好。")])
def test_a_greeting_is_answered_in_kind_and_is_no_refusal(hohhot, lang, reply):
    notes = (("conversation", "Said in conversation; nothing was searched."),)
    shown = Answer("Hi", lang, "refused", "Hi", answer=reply, notes=notes)
    page = Page(turns.turn(shown, 0, {hohhot.id: hohhot}))
    assert page.all("wz-reply")[0]["text"] == reply and page.text == f"Hi{reply}"
    assert not page.all("wz-refusal") and not page.all("wz-related") and not page.all("button")


def test_a_readers_choice_is_of_what_can_be_said(hohhot):
    answered, refused = answer(hohhot, ["p5.3"], "en"), answer(hohhot, [], "en", passages=nearest(hohhot, "p11.3"))
    given = [
        [it["value"] for it in Page(turns.turn(shown, 3, {hohhot.id: hohhot})).all("input")]
        for shown in (answered, refused)
    ]
    assert given == [["right", "wrong-citation", "incomplete", "should-have-refused"], ["right", "incomplete"]]


def test_an_error_keeps_its_place_in_the_conversation(hohhot):
    broken = Answer("Q", "en", "error", error={"message": "There is no report 'x'.", "hint": ""})
    page = Page(turns.conversation([broken], {hohhot.id: hohhot}))
    assert page.all("wz-refusal")[0]["text"] == "There is no report 'x'."


def test_why_these_passages(hohhot):
    sentence = hohhot.sentence("p20.6")
    hit = Hit(1, 0.4171, hohhot.id, sentence, (Match("zh", Span(8633, 8640), 0.634),), {"zh": 0.0, "en": 5.84}, 0.83)
    other = Hit(2, 0.3, hohhot.id, hohhot.sentence("p5.3"), (), {"zh": 1.0, "en": 0.0})
    shown = answer(hohhot, ["p20.6"], "en", "What about clean heating?", passages=(hit, other))
    cells = [it["text"] for it in Page(turns.turn(shown, 0, {hohhot.id: hohhot})).all("td")]
    assert [cells[n] for n in range(8) if n != 1] == [
        "1",
        "83%",
        "0.417",
        "0.63 / 0.00",
        "0.0 / 5.8",
        "Chinese中文",
        "clean, heat",
    ]
    assert cells[1].startswith("p20.6 cited已引用 实施城区供热管网") and cells[9].startswith("p5.3 地铁12号线")


@pytest.mark.parametrize(
    ("question", "terms"),
    [
        ("清洁取暖怎么做？", ("清洁取暖",)),
        ("清潔取暖和供热管网", ("清洁取暖", "供热管网")),
        ("clean heating companies", ("clean", "heat", "compani")),
        ("火星", ()),
    ],
)
def test_shared_terms(hohhot, question, terms):
    assert shared_terms(question, hohhot, hohhot.sentence("p20.6")) == terms


def test_an_empty_conversation_names_the_reports_and_asks_by_topic_in_both_languages(hohhot):
    page = Page(turns.conversation([], {hohhot.id: hohhot}))
    assert "呼和浩特市第十三次党代会报告（2021）" in page.all("wz-about")[0]["text"]
    asked = [it["text"] for it in page.all("button")]
    assert "What does the plan say about clean heating?" in asked and "培育哪六大产业集群？" in asked


def test_no_example_is_given_for_reports_that_are_not_there(county):
    assert Page(turns.conversation([], {"anning-2024": county.open("anning-2024")})).all("button") == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_hostile_report_is_text_and_nothing_else(hostile, lang):
    reports = {hostile.id: hostile}
    body = [s.id for s in hostile.sentences if s.kind == "body"]
    shown = [
        answer(hostile, body, lang, HOSTILE, standalone_question=f"searched {HOSTILE}", notes=(("n", HOSTILE),)),
        answer(hostile, [], lang, HOSTILE, passages=nearest(hostile, body[0])),
    ]
    for html in (turns.conversation(shown, reports, (HOSTILE, HOSTILE)), turns.conversation([], reports)):
        page = Page(html)
        assert not page.tags & {"script", "img", "style", "code"}
        assert not any(name.startswith("on") or name in ("src", "style") for name in page.attributes)
        assert all(it.startswith(("#hostile/", "?q=")) for it in page.attributes.get("href", ()))
        assert HOSTILE in page.text and not {"\u202e", "\u202c"} & set(page.text)


def test_every_phrase_is_in_both_languages():
    page = Page(both("printed", "a", "b", "<c>"))
    assert [it["text"] for it in page.all("span")] == [
        "Printed as “a”, reads “b”: <c>",
        "原文作“a”，应读作“b”：<c>",
    ]
    english, chinese = for_script()["en"], for_script()["zh"]
    assert english.keys() == chinese.keys() and not any("一" <= char <= "鿿" for char in "".join(english.values()))
