import zipfile

import docx
import pytest

from corpus.errors import UsageError
from corpus.readers import read_text
from corpus.structure import parse


@pytest.fixture
def word(tmp_path):
    """A small report as people write them in Word: headings, a list, a table with a merged cell, a soft line break."""
    document = docx.Document()
    document.add_paragraph("安宁县2025年政府工作报告")
    document.add_heading("一、上年回顾", level=1)
    document.add_paragraph("（一）经济稳步增长。全年地区生产总值达到３２亿元,增长６％。")
    document.add_paragraph("新建幼儿园6所；", style="List Number")
    document.add_paragraph("改造老旧小区15个。", style="List Number")
    table = document.add_table(rows=2, cols=3)
    for cell, text in zip(table.rows[0].cells, ("指标", "2024年", "2025年"), strict=True):
        cell.text = text
    table.cell(1, 1).merge(table.cell(1, 2)).text = "6.5%\n左右"
    table.cell(1, 0).text = "增速"
    document.add_paragraph("二、今年安排").add_run("\n完成清洁取暖改造8000户。")
    path = tmp_path / "报告.docx"
    document.save(str(path))
    return path


def test_a_word_file_becomes_a_line_a_paragraph_and_a_line_a_row(word):
    assert read_text(word).split("\n") == [
        "安宁县2025年政府工作报告",
        "一、上年回顾",
        "（一）经济稳步增长。全年地区生产总值达到３２亿元,增长６％。",
        "新建幼儿园6所；",
        "改造老旧小区15个。",
        "指标　2024年　2025年",
        "增速　6.5% 左右",
        "二、今年安排",
        "完成清洁取暖改造8000户。",
        "",
    ]


def test_its_structure_is_read_from_the_text(word):
    structure = parse(read_text(word))
    assert [(s.path, s.heading.text) for s in structure.sections] == [
        ("1", "一、上年回顾"),
        ("1.1", "（一）经济稳步增长。"),
        ("2", "二、今年安排"),
    ]
    assert structure.paragraphs[0].sentences[0].kind == "title"


def test_the_library_keeps_the_text_once_and_the_original_s_digest(word, library):
    report = library.add(word, "anning-2025", "安宁县2025年政府工作报告")
    assert report.source == read_text(word)
    assert report.about["original"] == "报告.docx"
    assert len(report.about["original_sha256"]) == 64


def test_text_keeps_every_character_but_a_byte_order_mark(tmp_path):
    path = tmp_path / "a.TXT"
    path.write_bytes(b"\xef\xbb\xbf" + "一\r\n\u3000二\n".encode())
    assert read_text(path) == "一\r\n\u3000二\n"


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.txt", "中文".encode("gb18030"), "not UTF-8"),
        ("a.docx", b"PK no zip", "no Word file"),
        ("a.docx", b"", "no Word file"),
        ("absent.txt", None, "cannot be read"),
        ("absent.docx", None, "no Word file|cannot be read"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path, name, data, says):
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(UsageError, match=says):
        read_text(path)


def test_a_damaged_word_file_is_named(word, tmp_path):
    data = bytearray(word.read_bytes())
    for at in range(60, len(data) - 400, 37):
        data[at] ^= 0x55
    path = tmp_path / "damaged.docx"
    path.write_bytes(data)
    with pytest.raises(UsageError, match="no Word file"):
        read_text(path)


def test_a_zip_that_is_no_word_file_is_named(tmp_path):
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.txt", "x")
    with pytest.raises(UsageError, match="no Word file"):
        read_text(path)
