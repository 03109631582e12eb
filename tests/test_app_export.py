import io
import json

import docx
import pytest
from markdown_it import MarkdownIt

from app import export
from app.citation import cite
from app.reply import Answer
from app.saved import check_file
from corpus.errors import UsageError
from corpus.library import SHIPPED, Library
from index.hits import Hit

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>![a](http://evil.example/a.png)<!-- c -->"
    "${alert(4)} `code` {{7*7}} {0} @children $$x^2$$ [b](javascript:alert(3)) http://evil.example"
)
DIGESTS = dict.fromkeys(("index", "config", "model"), "0" * 64)


def answer(report, sentences, lang, question="Q", **fields):
    """An answer that quotes whole sentences, or a refusal when there are none."""
    claims = tuple(cite(report, report.sentence(id_), report.sentence(id_).span, lang) for id_ in sentences)
    said = " ".join(f"{claim.text} [{n}]" for n, claim in enumerate(claims, start=1))
    fields = {"standalone_question": question, "status": "answered" if claims else "refused"} | fields
    return Answer(question, lang, answer=said or "没有说明。", claims=claims, digests=DIGESTS, **fields)


@pytest.fixture
def talk(hohhot):
    """A conversation with all there is: errata, a translation, a follow-up, a refusal, a fault."""
    nearest = (Hit(1, 1.0, hohhot.id, hohhot.sentence("p31.1"), (), {}),)
    fault = {"message": "The question is empty.", "hint": "Ask."}
    return [
        answer(hohhot, ["p5.3", "p20.6"], "en", "Metro and heating?", notes=(("unofficial-translation", "A label."),)),
        answer(hohhot, ["p20.6"], "zh", "那取暖呢？", standalone_question="地铁？ 那取暖呢？"),
        answer(hohhot, [], "zh", "火星上有水吗？", passages=nearest),
        Answer("", "en", "error", error=fault, digests=DIGESTS),
    ]


@pytest.fixture
def reports(hohhot):
    return {hohhot.id: hohhot}


def test_word_has_questions_claims_and_their_whole_proof(talk, reports, hohhot):
    document = docx.Document(io.BytesIO(export.export(talk, reports, "docx")))
    told = [(paragraph.style.name, paragraph.text) for paragraph in document.paragraphs]
    assert [text for style, text in told if style == "Heading 1"] == [
        "Metro and heating?",
        "那取暖呢？",
        "火星上有水吗？",
        "",
    ]
    assert [text for style, text in told if style == "Quote"] == [
        hohhot.sentence(id_).text for id_ in ("p5.3", "p20.6", "p20.6", "p31.1")
    ]
    texts = [text for _, text in told]
    metro = hohhot.sentence("p5.3")
    place = f"hohhot-2021, section {metro.section}, paragraph p5, sentence p5.3, "
    assert f"{place}characters [{metro.span.start}, {metro.span.end}) of the text with SHA-256 {hohhot.sha256}" in texts
    english = hohhot.edition.sentences["p5.3"].text
    assert f"{english} [1]" in texts
    assert f"{english} (unofficial reference translation)" in texts
    (erratum,) = hohhot.errata_in(metro.span)
    assert f"Printed as “{erratum.printed}”, reads “{erratum.reads}”: {erratum.why}" in texts
    assert "检索的问题：地铁？ 那取暖呢？" in texts
    assert texts[texts.index("火星上有水吗？") + 1 :][:2] == ["没有说明。", "相关段落，但没有回答这个问题"]
    assert texts[-1] == "The question is empty. Ask."
    assert document.core_properties.author == "Wenzheng 问政"


def test_markdown_says_what_word_says(talk, reports):
    """The visible text of both, apart from marks and white space, is the same."""

    def letters(text):
        return "".join(char for char in text if char.isalnum())

    document = docx.Document(io.BytesIO(export.word(talk, reports)))
    tokens = MarkdownIt("commonmark").parse(export.markdown(talk, reports))
    shown = "".join(piece.content for token in tokens for piece in token.children or ())
    assert letters(shown) == letters("".join(paragraph.text for paragraph in document.paragraphs))
    assert [token.tag for token in tokens if token.type == "heading_open"][:3] == ["h1", "h2", "h3"]
    assert sum(token.type == "blockquote_open" for token in tokens) == 4


def test_the_json_verifies(talk, tmp_path):
    file = tmp_path / "talk.json"
    file.write_bytes(export.export(talk, {}, "json"))
    assert check_file(file, SHIPPED) == (3, 2, [])
    rows = json.loads(file.read_text(encoding="utf-8"))
    rows[0]["claims"][0]["citations"][0]["quote"] += "。"
    file.write_text(json.dumps(rows), encoding="utf-8")
    assert check_file(file, SHIPPED)[2] == [f"Answer 1: Claim 1: the quote is not what stands at [{_span(rows)})."]


def _span(rows):
    citation = rows[0]["claims"][0]["citations"][0]
    return f"{citation['start']}, {citation['end']}"


@pytest.fixture
def attack(tmp_path):
    (tmp_path / "text").write_text(f"{HOSTILE}\n\n一、{HOSTILE}\n\n正文{HOSTILE}。\u202e倒\u202c\n", encoding="utf-8")
    (tmp_path / "library").mkdir()
    report = Library(tmp_path / "library").add(tmp_path / "text", "hostile", HOSTILE)
    ids = [sentence.id for sentence in report.sentences if sentence.kind == "body"]
    question = f"{HOSTILE}\x00\x1b[2J\ud800\n# heading"
    return [answer(report, ids, "zh", question, notes=(("x", HOSTILE),))], {report.id: report}


def test_hostile_text_stays_text(attack):
    text = export.export(*attack, "md").decode()
    tokens = MarkdownIt("commonmark", {"html": True}).parse(text)
    kinds = {piece.type for token in tokens for piece in [token, *(token.children or ())]}
    assert not kinds & {"html_block", "html_inline", "link_open", "image", "code_inline", "code_block", "fence", "hr"}
    said = "".join(p.content for t in tokens for p in t.children or () if p.type in ("text", "text_special"))
    assert said.count("<script>alert(1)</script><img src=x onerror=alert(2)>") >= 5
    assert "\u202e" not in text and "\x1b" not in text
    document = docx.Document(io.BytesIO(export.export(*attack, "docx")))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert sum(HOSTILE in text for text in texts) >= 5
    assert not any(char in "".join(texts) for char in "\x00\x1b\u202e\ud800")
    export.export(*attack, "json").decode("utf-8")


def test_the_ending_of_the_name_says_the_format(talk, reports, tmp_path):
    assert export.format_of(tmp_path / "a.DOCX") == "docx"
    with pytest.raises(UsageError, match=r"a\.pdf.*\.md, \.docx or \.json"):
        export.format_of("a.pdf")
