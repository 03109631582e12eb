import hashlib
import json

import pytest

from corpus.errors import ReportError, UsageError
from corpus.library import SHIPPED, Library, ids_table
from corpus.report import Span


def test_the_shipped_report_is_the_published_text(hohhot):
    data = (SHIPPED / "hohhot-2021" / "source.txt").read_bytes()
    assert hohhot.sha256 == hashlib.sha256(data).hexdigest()
    assert hohhot.source.encode() == data
    assert hohhot.about["date"] == "2021-09-27"
    assert hohhot.about["speaker"] == "包钢"


def test_ids_have_not_moved(hohhot):
    committed = (SHIPPED / "hohhot-2021" / "ids.tsv").read_text(encoding="utf-8")
    assert ids_table(hohhot) == committed, "ids moved: if that is meant, run python -m corpus hohhot-2021 and say so"


def test_every_address_is_verbatim(hohhot):
    for sentence in hohhot.sentences:
        assert hohhot.source[sentence.span.start : sentence.span.end] == sentence.text
        assert hohhot.sentence(sentence.id) is sentence


def test_errata_are_shown_in_readings_and_never_in_quotes(hohhot):
    sentence = next(s for s in hohhot.sentences if "地铁12号线" in s.text)
    assert hohhot.reading(sentence.span).startswith("地铁1、2号线建成投运")
    assert [(e.printed, e.reads) for e in hohhot.errata_in(sentence.span)] == [("地铁12号线", "地铁1、2号线")]
    half = Span(sentence.span.start, sentence.span.start + 3)
    assert hohhot.errata_in(half) == ()


def test_the_place_that_a_report_is_about(hohhot, county):
    (place,) = hohhot.places
    assert ("呼和浩特" in place.names, place.zh, place.en) == (True, "全市", "the city")
    assert county.open("anning-2024").places == ()


def test_of_the_names_of_a_place_the_longest_stands_first(hohhot):
    names = [name for place in hohhot.places for name in place.names]
    assert [(a, b) for n, a in enumerate(names) for b in names[n + 1 :] if b.startswith(a)] == []


def test_a_changed_text_is_refused(library):
    path = library.root / "hohhot-2021" / "source.txt"
    path.write_bytes(path.read_bytes().replace(b"852", b"853"))
    with pytest.raises(ReportError, match="has changed"):
        library.open("hohhot-2021")


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        ("source.txt", None, "text is missing"),
        ("source.txt", b"\xff\xfe\x00", "not UTF-8"),
        ("report.toml", b"title = ", "cannot be read"),
        ("report.toml", b'title = "x"\nlanguage = "zh"\nsha256 = "0"\ncolour = "red"\n', "unknown field 'colour'"),
        (
            "report.toml",
            b'title = "x"\nlanguage = "zh"\nsha256 = "0"\n[errata]\nprinted = "a"\n',
            "errata that are no tables",
        ),
        ("report.toml", b'language = "zh"\nsha256 = "0"\n', "lacks 'title'"),
        ("english.jsonl", b"{", "cannot be read"),
    ],
)
def test_damage_is_named(library, file, content, says):
    path = library.root / "hohhot-2021" / file
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(ReportError, match=says):
        library.open("hohhot-2021")


def test_an_erratum_must_stand_in_the_source_exactly_once(library):
    path = library.root / "hohhot-2021" / "report.toml"
    path.write_text(
        path.read_text(encoding="utf-8") + '\n[[errata]]\nprinted = "坚持"\nreads = "x"\nwhy = "y"\n', encoding="utf-8"
    )
    with pytest.raises(ReportError, match="'坚持', which occurs"):
        library.open("hohhot-2021")


@pytest.mark.parametrize("name", ["nowhere", "../hohhot-2021", ""])
def test_unknown_reports_are_named(library, name):
    with pytest.raises(ReportError, match="There is no report"):
        library.open(name)
    with pytest.raises(ReportError, match="There is no library folder"):
        Library(library.root / "absent")


def test_adding_keeps_every_character_and_refuses_what_it_cannot_keep(library, tmp_path):
    text = tmp_path / "new.txt"
    text.write_bytes(b"\xef\xbb\xbf" + "一、目标\r\n新建学校３所。\r\n".encode())
    report = library.add(text, "third", '题目"带引号"')
    assert report.source == "一、目标\r\n新建学校３所。\r\n"
    assert report.title == '题目"带引号"'
    assert library.ids() == ("anning-2024", "hohhot-2021", "third")
    with pytest.raises(UsageError, match="already"):
        library.add(text, "third", "x")
    with pytest.raises(UsageError, match="cannot name"):
        library.add(text, "No Good", "x")
    text.write_bytes("中文".encode("gb18030"))
    with pytest.raises(UsageError, match="UTF-8"):
        library.add(text, "fourth", "x")
    assert library.ids() == ("anning-2024", "hohhot-2021", "third")


def test_an_addition_that_fails_leaves_nothing(library, tmp_path, monkeypatch):
    text = tmp_path / "x.txt"
    text.write_text("一、目标\n新建学校三所。\n", encoding="utf-8")

    def interrupted(self, name):
        raise KeyboardInterrupt

    monkeypatch.setattr(Library, "open", interrupted)
    with pytest.raises(KeyboardInterrupt):
        library.add(text, "x", "题目")
    assert not (library.root / "x").exists()


def test_the_edition_covers_every_sentence_and_its_parts_tile(hohhot):
    edition = hohhot.edition
    assert set(edition.sentences) == {s.id for s in hohhot.sentences}
    for id_, parts in edition.parts.items():
        whole = edition.sentences[id_].span
        assert [p.span.start for p in parts] == [whole.start, *(p.span.end for p in parts[:-1])]
        assert parts[-1].span.end == whole.end


def test_a_claim_on_part_of_a_sentence_takes_whole_parts(hohhot):
    sentence = next(s for s in hohhot.sentences if "852个老旧小区" in s.text)
    at = hohhot.source.index("852")
    rendering = hohhot.edition.covering(sentence.id, Span(at, at + 3))
    assert hohhot.source[rendering.span.start : rendering.span.end].count("852") == 1
    assert "852" in rendering.text
    assert rendering.span != sentence.span
    assert hohhot.edition.covering(sentence.id, sentence.span).text == hohhot.edition.sentences[sentence.id].text


@pytest.mark.parametrize("damage", ["drop", "extra", "zh", "parts"])
def test_an_edition_that_does_not_fit_is_refused(library, damage):
    path = library.root / "hohhot-2021" / "english.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    if damage == "drop":
        del rows[40]
    elif damage == "extra":
        rows.append(rows[-1])
    elif damage == "zh":
        rows[10]["zh"] += "。"
    else:
        next(row for row in rows if "parts" in row)["parts"][0]["zh"] += "x"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    with pytest.raises(ReportError, match="Row|rows"):
        library.open("hohhot-2021")


def test_a_report_without_an_edition_is_normal(county):
    assert county.open("anning-2024").edition is None
