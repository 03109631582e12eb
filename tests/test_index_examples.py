"""What the encoder learns from, on small files of the tests' own."""

import json
import shutil

import pytest

from corpus.errors import UsageError
from index import examples, passages, sources, train
from index.examples import Shingles, check_overlap, parallel, prepare, shingles

HELD_OUT = "到2025年，全市新建改建幼儿园四十所，新增学位一万二千个"


def write(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture
def data(tmp_path, monkeypatch):
    """The public sets in small, and one report with one question."""
    folder = tmp_path / "data"
    news = [{"zh": f"新闻第{n}句，讲的是天气。", "en": f"News sentence {n}.", "set": "a"} for n in range(5)]
    write(folder / "train/wmt-news.zh-en.jsonl", [*news, {"zh": f"前{HELD_OUT}。", "en": "held out", "set": "b"}])
    write(folder / "train/tatoeba.zh-en.jsonl", [{"zh": "清潔取暖。", "en": "Clean heating."}])
    write(folder / "train/ted.zh-en.jsonl", [])
    docs = [{"zh": "标记", "en": "`markup`"}, {"zh": "没有标记", "en": "no mark-up"}]
    write(folder / "train/python-docs.zh-en.jsonl", docs)
    write(folder / "train/covid-policy-qa.zh.jsonl", [{"question": "有何部署?", "answer": "作了安排。"}])
    qa = {"id": "1147-5-1", "question": "哪一地區?", "answers": [{"text": "歐洲"}]}
    drcd = {"data": [{"paragraphs": [{"id": "1147-5", "context": "在歐洲。", "qas": [qa]}]}]}
    (folder / "bench").mkdir()
    (folder / "bench/DRCD_dev.json").write_text(json.dumps(drcd, ensure_ascii=False), encoding="utf-8")
    (tmp_path / "test.json").write_text(json.dumps({"context": HELD_OUT}), encoding="utf-8")  # escaped as \\uXXXX
    monkeypatch.setattr(examples, "read_cedict", lambda: type("D", (), {"words": lambda _: []})())
    (tmp_path / "ours").mkdir()
    shutil.copy(sources.OURS / "drcd.en.tsv", tmp_path / "ours")
    monkeypatch.setattr(sources, "OURS", tmp_path / "ours")
    for module in (examples, passages):
        monkeypatch.setattr(module, "load_questions", lambda: ())
    return folder


def rows(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def test_examples_are_folded_and_none_overlaps_a_test(data, tmp_path):
    counts = prepare(data, tmp_path, tmp_path / "out", [tmp_path / "test.json"])
    pairs = rows(tmp_path / "out/parallel.jsonl")
    assert {"zh": "清洁取暖。", "en": "Clean heating.", "source": "tatoeba"} in pairs
    assert counts["parallel:wmt"] == 5
    assert counts["parallel:wmt, left out: overlaps a test"] == 1
    assert not any("held out" in row["en"] for row in pairs)
    blocks = [row for row in pairs if row["source"] == "wmt-blocks"]
    assert "".join(row["zh"] for row in blocks) == "".join(row["zh"] for row in pairs if row["source"] == "wmt")
    assert [row["en"] for row in pairs if row["source"] == "python-docs"] == ["no mark-up"]
    (drcd, policy) = rows(tmp_path / "out/passages.jsonl")
    assert (drcd["zh"], drcd["passage"]) == ("哪一地区?", ["在欧洲。"])
    assert "Sanskrit" in drcd["en"]  # from the file that comes with the project
    assert policy["source"] == "covid-policy"
    assert (drcd["among"], policy["among"]) == ("", "")


def test_what_of_ours_is_in_both_languages_is_parallel_too(data, tmp_path):
    tables = {
        "evidence.en.tsv": "新建公路。\tRoads were built.\n",
        "drcd-openings.en.tsv": "1147-6\tIn Europe.\n9-9\tElsewhere.\n",
        "news.tsv": "a:0:0-9\t哪？\tWhich?\n",
        "sentences.tsv": "甲#p1.1\t修路吗？\tRoads?\tencoder\n甲#p1.2\t建校吗？\tSchools?\tranker\n",
    }
    for name, text in tables.items():
        (tmp_path / "ours" / name).write_text(text, encoding="utf-8")
    drcd = json.loads((data / "bench/DRCD_dev.json").read_text(encoding="utf-8"))
    longer = {"id": "1147-6", "context": f"在歐洲。{'新' * 300}。", "qas": [{"id": "0", "question": "無英文?"}]}
    drcd["data"][0]["paragraphs"].append(longer)
    (data / "bench/DRCD_dev.json").write_text(json.dumps(drcd), encoding="utf-8")
    found = [(row["source"], row["zh"], row["en"]) for row in parallel(data, 1)]
    asked = next(en for source, _, en in found if source == "drcd")
    assert found[found.index(("evidence", "新建公路。", "Roads were built.")) :] == [
        ("evidence", "新建公路。", "Roads were built."),
        ("drcd", "哪一地区?", asked),
        ("drcd-openings", "在欧洲。", "In Europe."),
        ("news-questions", "哪?", "Which?"),
        ("sentences-questions", "修路吗?", "Roads?"),
    ]


def test_the_checker_finds_what_was_let_through(data, tmp_path, capsys):
    prepare(data, tmp_path, tmp_path / "out", [tmp_path / "test.json"])
    held_out = ["--against", str(tmp_path / "test.json")]
    assert train.main(["check-overlap", str(tmp_path / "out"), *held_out]) == 0
    found = json.loads(capsys.readouterr().out)
    assert len(found["against"]["test.json"]) == 64
    assert {file["overlapping"] for file in found["files"].values()} == {0}
    write(tmp_path / "out/parallel.jsonl", [{"zh": f"又见{HELD_OUT[3:20]}", "en": "x"}])
    assert check_overlap(tmp_path / "out", [tmp_path / "test.json"])["files"]["parallel.jsonl"]["overlapping"] == 1
    assert train.main(["check-overlap", str(tmp_path / "out"), *held_out]) == 1
    assert "parallel.jsonl" in capsys.readouterr().err


def test_runs_of_thirteen_are_compared_folded_and_across_punctuation():
    assert shingles("十二个汉字不能算是一处重复") == shingles("十二個漢字,不能——算是一处“重复”!")
    assert len(shingles("十二个汉字不能算是一处重复")) == 1
    assert shingles("十二个汉字不能算是一处重") == set()
    words = "one two three four five six seven eight nine ten eleven twelve thirteen"
    assert shingles(words) == shingles(words.upper().replace(" ", ", "))
    assert not Shingles(frozenset(), {}).shared_with(words)


def test_a_missing_file_is_named(data, tmp_path):
    with pytest.raises(UsageError, match=r"absent\.json"):
        prepare(data, tmp_path, tmp_path / "out", [tmp_path / "absent.json"])
    (data / "train/ted.zh-en.jsonl").unlink()
    with pytest.raises(UsageError, match=r"ted\.zh-en\.jsonl"):
        prepare(data, tmp_path, tmp_path / "out", [tmp_path / "test.json"])
