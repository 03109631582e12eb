import re
from html import unescape

import pytest
from support import HOSTILE, answer, nearest

from app import render


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


def test_errata_stand_with_the_quote(hohhot):
    reports = {hohhot.id: hohhot}
    reading = "Printed as “地铁12号线”, reads “地铁1、2号线”: The page lost the enumeration comma between 1 and 2."
    assert f"    {reading}" in render.terminal(answer(hohhot, ["p5.3"], "en"), reports).split("\n")
    assert reading in render.copied(answer(hohhot, ["p5.3"], "en"), reports).split("\n")
    assert "原文作“地铁12号线”，应读作“地铁1、2号线”" in render.terminal(answer(hohhot, ["p5.3"], "zh"), reports)


def test_a_terminal_source_has_its_path_in_both_languages_and_its_paragraph_on_demand(hohhot):
    shown, reports = answer(hohhot, ["p20.6"], "en"), {hohhot.id: hohhot}
    brief, whole = render.terminal(shown, reports), render.terminal(shown, reports, whole=True)
    assert "III. Main Tasks for the Next Five Years › (2) Protect the ecological environment" in brief
    assert "三、今后五年的主要任务 › (二)像保护眼睛一样保护生态环境" in brief
    span = hohhot.paragraph("p20").span
    assert hohhot.source[span.start : span.end] in whole and hohhot.source[span.start : span.end] not in brief


def test_a_copied_answer_can_be_checked_by_whoever_gets_it(hohhot):
    shown = answer(
        hohhot, ["p20.6", "p5.3"], "en", "Clean heating?", notes=(("unofficial-translation", "Unofficial."),)
    )
    lines = render.copied(shown, {hohhot.id: hohhot}).split("\n")
    assert lines[:2] == ["Clean heating?", ""]
    assert [line[-4:] for line in lines[2:4]] == [" [1]", " [2]"]
    assert lines[5].startswith("[1] 呼和浩特市第十三次党代会报告（2021） › 三、今后五年的主要任务 › (二)")
    assert lines[6] == f"“{hohhot.sentence('p20.6').text}”"
    assert lines[7] == f"hohhot-2021/p20.6 [8633, 8726), SHA-256 {hohhot.sha256}"
    assert lines[-1] == "Unofficial."
    chinese = render.copied(answer(hohhot, ["p20.6"], "zh"), {hohhot.id: hohhot})
    assert "in northern China. (非官方参考译文)" in chinese


def test_a_copied_refusal_cites_nothing(hohhot):
    refusal = answer(hohhot, [], "en", "Mars?", passages=nearest(hohhot, "p11.3"))
    assert render.copied(refusal, {hohhot.id: hohhot}) == "Mars?\n\nThe report does not say."


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


def test_a_refusal_names_the_nearest_passage_and_no_source(hohhot):
    refusal = answer(hohhot, [], "en", passages=nearest(hohhot, "p11.3"))
    assert render.terminal(refusal, {hohhot.id: hohhot}).split("\n") == [
        "The report does not say.",
        "",
        "Related, but it does not answer the question:",
        f"    {hohhot.sentence('p11.3').text}",
        "    hohhot-2021/p11.3",
    ]


def test_a_follow_up_shows_what_was_searched(hohhot):
    asked = answer(hohhot, ["p20.6"], "en", "And heating?", standalone_question="Clean air? And heating?")
    assert render.terminal(asked, {hohhot.id: hohhot}).split("\n")[0] == "Searched for: Clean air? And heating?"


def test_a_report_without_an_edition_is_shown_in_chinese_alone(county):
    report = county.open("anning-2024")
    sentence = next(s for s in report.sentences if "清潔取暖改造" in s.text)
    shown = answer(report, [sentence.id], "en", notes=(("no-translation", "No English here."),))
    assert "unofficial" not in render.terminal(shown, {report.id: report})


@pytest.mark.parametrize("text", [HOSTILE, "    code\n\ttabbed", "# h\n- a\n1. b\n> c\n---\n===", "*a* _b_ ~~c~~ |d|"])
def test_plain_text_keeps_its_words_and_loses_its_markup(text):
    shown = render.plain(text)
    assert not re.search(r"(?<!\\)(?:\\\\)*[`*_{}\[\]()#+\-.!|~$:@^=]|[<>]|^\s", shown, re.MULTILINE)
    assert re.sub(r"\\(.)", r"\1", unescape(shown)) == "\n".join(" ".join(line.split()) for line in text.split("\n"))


def test_a_terminal_is_never_commanded(hohhot):
    asked = answer(hohhot, ["p20.6"], "en", standalone_question="\x1b[2J\u202ered\x07")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e]", render.terminal(asked, {hohhot.id: hohhot}))
