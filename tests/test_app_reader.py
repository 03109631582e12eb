import pytest
from support import HOSTILE, Page

from app import reader
from corpus.library import Library


@pytest.fixture(params=["hohhot-2021", "anning-2024"])
def report(request, library):
    return library.open(request.param)


def test_every_character_of_the_source_has_its_place(report):
    shown = Page(reader.reader(report, {report.id: report})).all("wz-s")
    assert [(it["data-place"], it["text"], int(it["data-start"])) for it in shown] == [
        (s.id, s.text, s.span.start) for s in report.sentences
    ]


def test_every_paragraph_and_heading_can_be_linked_to(report):
    page = Page(reader.reader(report, {report.id: report}))
    places = [it["data-place"] for it in page.all("wz-block")]
    assert sorted(places) == sorted([p.id for p in report.paragraphs] + [s.path for s in report.sections])
    assert [it["href"] for it in page.all("wz-anchor")] == [f"#{report.id}/{p.id}" for p in report.paragraphs]


def test_the_outline_is_the_section_tree_with_the_topics(hohhot):
    page = Page(reader.reader(hohhot, {hohhot.id: hohhot}))
    outline = [it for it in page.all("a") if it.get("class") is None]
    depths = [it["class"] for it in page.all("li")]
    assert [it["href"].partition("/")[2] for it in outline][:9] == ["1", *(f"p{n}" for n in range(3, 11))]
    assert depths[:2] == ["wz-depth-1", "wz-depth-2"] and depths.count("wz-depth-1") == 4
    assert outline[3]["text"] == "Urban and rural areas have taken on a brand-new look城乡面貌焕然一新"
    assert [it["tag"] for it in page.elements if it["tag"] in ("h3", "h4", "h5")][:2] == ["h3", "h4"]


def test_the_edition_stands_under_its_paragraph_part_by_part(hohhot):
    page = Page(reader.reader(hohhot, {hohhot.id: hohhot}))
    parts = [it for it in page.elements if it.get("data-of") == "p14.3"]
    assert [(it["text"], int(it["data-start"]), int(it["data-end"])) for it in parts] == [
        (part.text, part.span.start, part.span.end) for part in hohhot.edition.parts["p14.3"]
    ]
    assert page.all("wz-label")[0]["text"] == "unofficial reference translation非官方参考译文"


def test_misprints_are_underlined_and_told_once(hohhot):
    page = Page(reader.reader(hohhot, {hohhot.id: hohhot}))
    underlined = "".join(it["text"] for it in page.all("wz-misprint"))
    assert underlined == "".join(erratum.printed for erratum in hohhot.errata)
    told = [it["text"] for it in page.all("wz-erratum")]
    assert len(told) == len(hohhot.errata)
    assert sum("Printed as “地铁12号线”, reads “地铁1、2号线”" in it for it in told) == 1


def test_a_report_without_an_edition_offers_none(county):
    report = county.open("anning-2024")
    page = Page(reader.reader(report, {report.id: report}))
    assert not page.all("wz-english") and not page.all("wz-toggle") and not page.all("select")


def test_several_reports_can_be_chosen_from(library):
    reports = {report.id: report for report in library}
    options = Page(reader.reader(reports["anning-2024"], reports)).all("option")
    assert [(it["value"], "selected" in it) for it in options] == [("anning-2024", True), ("hohhot-2021", False)]


def test_a_hostile_report_is_text_and_keeps_its_offsets(hostile):
    page = Page(reader.reader(hostile, {hostile.id: hostile}))
    assert not page.tags & {"script", "img", "style", "iframe"}
    assert not any(name.startswith("on") or name in ("src", "style") for name in page.attributes)
    for shown, sentence in zip(page.all("wz-s"), hostile.sentences, strict=True):
        assert shown["text"] == sentence.text.replace("\u202e", "\ufffd").replace("\u202c", "\ufffd")
    assert HOSTILE in page.all("wz-english")[-1]["text"]
    assert not {"\u202e", "\u202c"} & set(page.text)


def test_the_shipped_library_can_be_read():
    for report in Library():
        assert report.sha256 in Page(reader.reader(report, {})).text
