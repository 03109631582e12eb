import json
import re
from html import unescape
from html.parser import HTMLParser

import pytest

from app import render
from app.citation import cite
from app.reply import Answer
from corpus.library import Library
from corpus.report import Span
from index.hits import Hit

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>![a](http://evil.example/a.png)[b](javascript:alert(3))"
TRICKS = "<!-- c -->${alert(4)} `code` {{7*7}} @children $$x^2$$ &lt; http://evil.example \\"
ALLOWED = {"details", "summary", "section", "b", "p", "blockquote", "mark", "small", "span", "h3"}


class Page(HTMLParser):
    """The tags, attributes and text of some HTML."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.open, self.marked, self.text = set(), {}, [], [], ""
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.open.append(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, []).append(value)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data
        if self.open[-1:] == ["mark"] and "blockquote" in self.open:
            self.marked.append(data)

    def handle_comment(self, data):
        raise AssertionError(f"a comment: {data}")


def answer(report, sentences, lang, question="Q", **fields):
    """An answer that quotes whole sentences, or a refusal when there are none."""
    claims = tuple(cite(report, report.sentence(id_), report.sentence(id_).span, lang) for id_ in sentences)
    said = " ".join(f"{claim.text} [{n}]" for n, claim in enumerate(claims, start=1))
    fields = {"standalone_question": question, "status": "answered" if claims else "refused"} | fields
    return Answer(question, lang, answer=said or "The report does not say.", claims=claims, **fields)


def nearest(report, sentence):
    return (Hit(1, 1.0, report.id, report.sentence(sentence), (), {}),)


@pytest.fixture
def hostile(tmp_path):
    """A library of one report that attacks whatever shows it, in its text, its edition and its description."""
    text = tmp_path / "hostile.txt"
    text.write_text(f"{HOSTILE}\n\n一、{HOSTILE}\n\n这是正文{HOSTILE}。{TRICKS}\u202e倒\u202c。\n", encoding="utf-8")
    (tmp_path / "hostile").mkdir()
    library = Library(tmp_path / "hostile")
    report = library.add(text, "hostile", HOSTILE)
    rows = [{"zh": s.text.strip(), "en": f"{s.id} {HOSTILE} {TRICKS}"} for s in report.sentences]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (library.root / "hostile" / "english.jsonl").write_text(lines, encoding="utf-8")
    return library.open("hostile")


def test_a_terminal_answer_has_claims_then_sources(hohhot):
    shown = render.terminal(answer(hohhot, ["p5.3", "p20.6"], "en"), {hohhot.id: hohhot})
    lines = shown.split("\n")
    assert lines[0].startswith("Metro (subway) Lines 1 and 2")
    assert [line for line in lines if line.startswith("[")] == [
        "[1] 呼和浩特市第十三次党代会报告（2021） › 一、过去五年的工作回顾 › 城乡面貌焕然一新",
        "[2] 呼和浩特市第十三次党代会报告（2021） › 三、今后五年的主要任务 › "
        "(二)像保护眼睛一样保护生态环境,坚定不移做我国北方重要生态安全屏障的建设者、…",
    ]
    assert f"    “{hohhot.sentence('p20.6').text}”" in lines
    assert "    hohhot-2021/p20.6 [8633, 8726)" in lines
    assert max(len(line) for line in lines if line.isascii()) <= 100


def test_errata_stand_with_the_quote_in_every_view(hohhot):
    reports = {hohhot.id: hohhot}
    english, chinese = answer(hohhot, ["p5.3"], "en"), answer(hohhot, ["p5.3"], "zh")
    reading = "Printed as “地铁12号线”, reads “地铁1、2号线”: The page lost the enumeration comma between 1 and 2."
    assert f"    {reading}" in render.terminal(english, reports).split("\n")
    assert reading in Page(render.sources([english], reports)).text
    assert "原文作“地铁12号线”，应读作“地铁1、2号线”" in render.terminal(chinese, reports)
    assert "原文作“地铁12号线”，应读作“地铁1、2号线”" in Page(render.sources([chinese], reports)).text


def test_every_view_numbers_alike(hohhot):
    shown = answer(hohhot, ["p5.3", "p5.5", "p20.6"], "en")
    reports = {hohhot.id: hohhot}
    chat, terminal, panel = render.markdown(shown, 4), render.terminal(shown, reports), render.sources([shown], reports)
    cards = re.findall(r'id="source-0-(\d)"><b class="wz-number">(\d)</b>.*?<mark>(.*?)</mark>', panel)
    for number, claim in enumerate(shown.claims, start=1):
        quote = claim.citations[0].quote
        assert f"{render.plain(claim.text)} [{number}](#source-4-{number})" in chat
        assert f"{claim.text} [{number}]" in shown.answer
        assert re.search(rf"^\[{number}\] [^\n]*\n    [^“\n]*\n    “{re.escape(quote)}”$", terminal, re.MULTILINE)
        assert cards[number - 1] == (str(number), str(number), quote)
    assert len(cards) == 3


def test_a_terminal_source_has_its_path_in_both_languages_and_its_paragraph_on_demand(hohhot):
    shown, reports = answer(hohhot, ["p20.6"], "en"), {hohhot.id: hohhot}
    brief, whole = render.terminal(shown, reports), render.terminal(shown, reports, whole=True)
    assert "III. Main Tasks for the Next Five Years › (2) Protect the ecological environment" in brief
    assert "三、今后五年的主要任务 › (二)像保护眼睛一样保护生态环境" in brief
    assert "打造“无废城市”" not in brief
    assert "打造“无废城市”" in whole
    assert '"zero-waste city"' in " ".join(whole.split())


def test_each_turn_keeps_its_own_sources_and_the_newest_is_open(hohhot):
    turns = [answer(hohhot, ["p5.3"], "en", "first"), answer(hohhot, ["p20.6"], "en", "second")]
    panel = render.sources(turns, {hohhot.id: hohhot})
    assert panel.index('id="source-1-1"') < panel.index('id="source-0-1"')
    assert re.findall(r"<details class=\"wz-turn\" name=\"wz-turn\"( open)?><summary>(\w+)", panel) == [
        (" open", "second"),
        ("", "first"),
    ]


@pytest.mark.parametrize(
    ("paragraph", "english"),
    [
        (
            "p5",
            ("I. Review of the Work of the Past Five Years", "Urban and rural areas have taken on a brand-new look"),
        ),
        ("p14", ("II. Goals for the Next Five Years", "In terms of industrial positioning")),
        ("p15", ("II. Goals for the Next Five Years", "In terms of positioning in opening up")),
        ("h4", ()),
    ],
)
def test_a_path_in_english(hohhot, paragraph, english):
    assert render.path(hohhot, hohhot.paragraph(paragraph), "en") == english


def test_every_paragraph_has_its_path_in_both_languages(hohhot):
    for paragraph in hohhot.paragraphs:
        chinese, english = (render.path(hohhot, paragraph, lang) for lang in ("zh", "en"))
        assert len(chinese) == len(english)
        assert all(step and step.isascii() for step in english)


@pytest.mark.parametrize(("lang", "first"), [("en", "wz-english"), ("zh", "wz-quote")])
def test_the_twin_view_puts_the_language_of_the_answer_first(hohhot, lang, first):
    panel = render.sources([answer(hohhot, ["p20.6"], lang)], {hohhot.id: hohhot})
    seen = Page(panel)
    assert re.findall("wz-english|wz-quote", panel)[0] == first
    assert seen.marked == [hohhot.sentence("p20.6").text]
    assert hohhot.edition.sentences["p20.6"].text in seen.text
    whole = " ".join(hohhot.edition.sentences[s.id].text for s in hohhot.paragraph("p20").sentences)
    assert f"{whole} (" in seen.text
    assert seen.text.count("unofficial reference translation") == 2


def test_a_citation_of_a_part_marks_that_part(hohhot):
    sentence = hohhot.sentence("p14.3")
    part = hohhot.edition.parts["p14.3"][1]
    claim = cite(hohhot, sentence, Span(part.span.start + 1, part.span.end - 1), "en")
    shown = Answer("Q", "en", "answered", "Q", claims=(claim,))
    seen = Page(render.sources([shown], {hohhot.id: hohhot}))
    assert seen.marked == [hohhot.source[part.span.start : part.span.end]]
    span = hohhot.paragraph("p14").span
    assert hohhot.source[span.start : span.end] in seen.text


def test_a_refusal_shows_a_related_passage_and_no_source(hohhot):
    reports = {hohhot.id: hohhot}
    refusal = answer(hohhot, [], "en", passages=nearest(hohhot, "p11.3"))
    seen = Page(render.sources([refusal], reports))
    assert "Related, but it does not answer the question" in seen.text
    assert hohhot.sentence("p11.3").text in seen.text
    assert "mark" not in seen.tags and "id" not in seen.attributes
    assert render.markdown(refusal, 0) == "> The report does not say\\."
    assert render.terminal(refusal, reports).split("\n") == [
        "The report does not say.",
        "",
        "Related, but it does not answer the question:",
        f"    {hohhot.sentence('p11.3').text}",
        "    hohhot-2021/p11.3",
    ]


def test_a_follow_up_shows_what_was_searched(hohhot):
    asked = answer(hohhot, ["p20.6"], "en", "And heating?", standalone_question="Clean air? And heating?")
    assert render.markdown(asked, 0).split("\n\n")[0] == "*Searched for\\: Clean air? And heating?*"
    assert render.terminal(asked, {hohhot.id: hohhot}).split("\n")[0] == "Searched for: Clean air? And heating?"


def test_a_report_without_an_edition_is_shown_in_chinese_alone(county):
    report = county.open("anning-2024")
    sentence = next(s for s in report.sentences if "清潔取暖改造" in s.text)
    shown = answer(report, [sentence.id], "en", notes=(("no-translation", "No English here."),))
    seen = Page(render.sources([shown], {report.id: report}))
    assert seen.marked == [sentence.text.strip()]
    assert "wz-english" not in seen.attributes["class"] and "wz-whole" not in seen.attributes["class"]
    assert "unofficial" not in seen.text
    assert render.markdown(shown, 0).endswith("*No English here\\.*")
    assert "unofficial" not in render.terminal(shown, {report.id: report})


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_hostile_report_is_text_and_nothing_else(hostile, lang):
    reports = {hostile.id: hostile}
    body = [s.id for s in hostile.sentences if s.kind == "body"]
    turns = [
        answer(hostile, body, lang, HOSTILE + TRICKS),
        answer(hostile, [], lang, HOSTILE, passages=nearest(hostile, body[0])),
    ]
    seen = Page(render.sources(turns, reports))
    assert seen.tags == ALLOWED
    assert set(seen.attributes) == {"class", "id", "lang", "name", "open", "tabindex", "title"}
    assert HOSTILE in seen.text and TRICKS in seen.text
    assert not {"\u202e", "\u202c"} & set(seen.text)
    for turn in turns:
        shown = render.markdown(turn, 0)
        assert "<" not in shown
        links = re.findall(r"(?<!\\)\]\(([^)]*)\)", shown)
        assert links == [f"#source-0-{number}" for number in range(1, len(turn.claims) + 1)]
    assert not re.search(r"<|(?<!\\)\]\(", render.welcome(reports))


@pytest.mark.parametrize(
    "text", [HOSTILE, TRICKS, "    code\n\ttabbed", "# h\n- a\n1. b\n> c\n---\n===", "*a* _b_ ~~c~~ |d|"]
)
def test_plain_text_keeps_its_words_and_loses_its_markup(text):
    shown = render.plain(text)
    assert not re.search(r"(?<!\\)[`*_{}\[\]()#+\-.!|~$:@^=]|[<>]|^\s", shown, re.MULTILINE)
    assert re.sub(r"\\(.)", r"\1", unescape(shown)) == "\n".join(" ".join(line.split()) for line in text.split("\n"))


def test_a_terminal_is_never_commanded(hohhot):
    asked = answer(hohhot, ["p20.6"], "en", standalone_question="\x1b[2J\u202ered\x07")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e]", render.terminal(asked, {hohhot.id: hohhot}))


def test_nothing_asked_shows_where_sources_will_be():
    assert Page(render.sources([], {})).text.startswith("The passages that prove the answer appear here")


def test_the_welcome_names_the_reports(hohhot):
    assert render.welcome({hohhot.id: hohhot}).split("\n\n") == [
        "**呼和浩特市第十三次党代会报告（2021）**",
        "Report to the 13th Hohhot Municipal Congress of the Communist Party of China \\(2021\\)"
        " · 包钢 · 2021\\-09\\-27",
    ]
