"""What is searched, and the number that stands for it."""

import hashlib
from dataclasses import astuple, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.fold import fold
from index.chunk import Chunk, Excerpt, excerpt, search_text, searched
from index.splitter import ClauseSplitter, chunks

_WORDS = st.text(alphabet="ab.1清洁 ", max_size=4)
_CHUNK = st.builds(Chunk, _WORDS, _WORDS, st.sampled_from(["zh", "en"]), st.integers(0, 30), st.integers(0, 30), _WORDS)


def _all_chunks(report):
    return list(chunks(report, ClauseSplitter(256, lambda text: len(fold(text)))))


@given(_CHUNK, _CHUNK)
def test_ids_are_the_same_when_and_only_when_the_chunks_are(one, other):
    assert (one.id == other.id) == (one == other)
    assert one.id == Chunk(*astuple(one)).id
    assert 0 <= one.id < 2**63


def test_an_id_is_the_first_63_bits_of_a_sha256():
    chunk = Chunk("hohhot-2021", "p1.2", "zh", 3, 9, "清洁取暖")
    whole = hashlib.sha256("hohhot-2021\0p1.2\0zh\x003\x009\0清洁取暖".encode()).hexdigest()
    assert f"{chunk.id:b}".zfill(63) == f"{int(whole, 16):b}".zfill(256)[:63]


@pytest.mark.parametrize(
    "change", [{"report": "x"}, {"sentence": "p1.3"}, {"view": "en"}, {"start": 4}, {"end": 8}, {"text": "清洁供暖"}]
)
def test_every_part_of_a_chunk_moves_its_id(change):
    chunk = Chunk("hohhot-2021", "p1.2", "zh", 3, 9, "清洁取暖")
    assert replace(chunk, **change).id != chunk.id


def test_no_two_chunks_of_the_report_share_an_id(hohhot):
    found = _all_chunks(hohhot)
    assert len({chunk.id for chunk in found}) == len(found)


def test_headings_are_not_searched(hohhot, county):
    left_out = [s.id for s in hohhot.sentences if s not in searched(hohhot)]
    assert left_out == [
        *("1", *(f"p{n}.1" for n in range(3, 11))),
        *("2", "3", *(f"3.{n}" for n in range(1, 10)), "4", *(f"4.{n}" for n in range(1, 5))),
    ]
    assert [s.id for s in searched(hohhot)][:5] == ["h1", "h2", "h3", "h4", "p1.1"]
    assert {c.sentence for c in _all_chunks(hohhot)} == {s.id for s in searched(hohhot)}
    assert [s.id for s in searched(county.open("anning-2024"))] == [
        *("h1", "h2", "h3", "p1.1", "p2.1", "p3.1", "p3.2", "p4.1", "p5.1", "p6.1", "p7.1")
    ]


def test_page_furniture_is_in_no_chunk(hohhot):
    furniture = (
        "发布时间:2021-11-03",
        "来源:“学习强国”",
        "电脑版",
        "触屏版",
        "版权所有",
        "1501000015",
        "15010202150696",
        "蒙ICP备",
    )
    found = _all_chunks(hohhot)
    for words in furniture:
        at = hohhot.source.index(words)
        assert [c for c in found if c.start < at + len(words) and at < c.end] == []
        assert [c for c in found if words in c.text] == []


def test_a_sentence_is_read_with_the_headings_above_it_and_how_its_paragraph_begins(hohhot):
    above = "三、今后五年的主要任务 (一)完整、准确、全面贯彻新发展理念,坚"
    first, later, title = (excerpt(hohhot, hohhot.sentence(id_)) for id_ in ("p19.1", "p19.2", "h1"))
    assert first.text.startswith("首府要“首”起来,必须把落实“三新”要求")
    assert first.context == above
    assert later == Excerpt("坚持创新驱动发展。", f"{above} {first.text[:30]}")
    assert title == Excerpt(fold(search_text(hohhot, hohhot.sentence("h1"), "zh")))


def test_title_lines_say_what_they_are(hohhot):
    lines = hohhot.sentences[:4]
    assert [search_text(hohhot, line, "zh") for line in lines[1:]] == [
        "在什么会议、大会上作的报告: ——在中国共产党呼和浩特市第十三次代表大会上的报告",
        "作报告的日期、时间,什么时候: 2021年9月27日)",
        "作报告的人、报告人、主讲人是谁: 包\u2002 钢",
    ]
    assert [search_text(hohhot, line, "en") for line in lines[1:]] == [
        "Congress or meeting to which this report was given: "
        "— Report to the 13th Hohhot Municipal Congress of the Communist Party of China",
        "Date when this report was given: (27 September 2021)",
        "Speaker who gave (delivered) this report: Bao Gang",
    ]
    assert search_text(hohhot, lines[0], "zh").startswith("报告的标题、题目: 担当首府使命 彰显首府作为 全面建设")
    assert search_text(hohhot, lines[0], "en").startswith("Title of this report: Shouldering the Mission")
    chunked = [c.text for c in _all_chunks(hohhot) if c.sentence == "h4"]
    assert chunked == [
        "作报告的人、报告人、主讲人是谁: 包\u2002 钢",
        "Speaker who gave (delivered) this report: Bao Gang",
    ]


def test_running_text_is_searched_as_it_reads(hohhot):
    sentence = next(s for s in hohhot.sentences if "地铁12号线" in s.text)
    assert search_text(hohhot, sentence, "zh") == sentence.text.replace("地铁12号线", "地铁1、2号线")
    assert search_text(hohhot, sentence, "en") == hohhot.edition.sentences[sentence.id].text


def test_without_an_edition_there_is_no_english_to_search(hohhot, county):
    report = county.open("anning-2024")
    sentence = report.sentence("p3.2")
    assert search_text(report, sentence, "zh") == "新建农村公路120公里。"
    assert search_text(report, sentence, "en") == ""
    assert search_text(replace(hohhot, edition=None), hohhot.sentence("h4"), "en") == ""
