"""Building and refreshing: only what is new is embedded, and no build that dies does any harm."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys

import pytest
from filelock import FileLock
from support import ROOT, SECOND, HashedNgrams

from corpus.errors import IndexDirError, ReportError, UsageError
from corpus.fold import fold
from corpus.library import Library
from index import manifest as manifests
from index.build import build, current
from index.manifest import IndexConfig, fingerprint
from index.search import Searcher
from index.splitter import ClauseSplitter, chunks

QUESTIONS = ("清洁取暖", "新建农村公路多少公里?", "How will clean heating be provided?", "报告人是谁")


@pytest.fixture
def root(tmp_path):
    return tmp_path / "索引 index"


def texts(report):
    return sorted(fold(c.text) for c in chunks(report, ClauseSplitter(256, lambda text: len(fold(text)) + 2)))


def answers(root, library):
    searcher = Searcher(root, library, HashedNgrams())
    return [searcher.search(question) for question in QUESTIONS]


def add(library, tmp_path, id_="linhe-2024", text="一、工作安排\n\n新建奶牛养殖场7座，改造供暖管网90公里。\n"):
    (tmp_path / "added.txt").write_text(text, encoding="utf-8")
    return library.add(tmp_path / "added.txt", id_, "临河区2024年政府工作报告")


def contents(root):
    """Every file of the index but the lock, with its SHA-256."""
    files = (path for path in root.rglob("*") if path.is_file() and path.name != ".lock")
    return {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_first_build_embeds_every_chunk_once(library, root, encoder):
    built = build(library, root, encoder)
    wanted = sorted(text for report in library for text in texts(report))
    assert sorted(encoder.seen) == wanted
    assert (built.embedded, built.reused) == (len(wanted), 0)
    manifest = built.manifest
    assert (manifest.model, manifest.model_digest, manifest.dim) == (encoder.name, encoder.digest, 512)
    assert manifest.reports == {report.id: fingerprint(report) for report in library}
    assert (manifest.chunks, manifest.config) == (len(wanted), IndexConfig().digest)
    assert manifest.sentences == sum(s.kind != "heading" for report in library for s in report.sentences)
    assert manifests.read(root) == manifest


def test_the_files_say_what_is_indexed(county, root, encoder):
    folder = root / build(county, root, encoder).manifest.generation
    rows = [json.loads(line) for line in (folder / "chunks.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["text"] for row in rows][-2:] == ["完成8000户清潔取暖改造，", "新建集中供熱站2座。"]
    last = next(chunk for chunk in chunks(county.open("anning-2024"), ClauseSplitter(256)) if "供熱" in chunk.text)
    assert rows[-1] == {
        **{"id": last.id, "report": "anning-2024", "sentence": "p7.1", "view": "zh"},
        **{"start": last.start, "end": last.end, "text": "新建集中供熱站2座。"},
    }
    assert (folder / "sentences.tsv").read_text(encoding="utf-8").splitlines()[-2:] == [
        "anning-2024\tp6.1",
        "anning-2024\tp7.1",
    ]
    assert (root / ".gitignore").read_text() == "*\n"


def test_a_second_build_embeds_nothing_and_changes_nothing(library, root, encoder):
    first = build(library, root, encoder)
    before = contents(root)
    encoder.seen.clear()
    second = build(library, root, encoder)
    assert encoder.seen == []
    assert (second.embedded, second.reused) == (0, first.embedded)
    assert second.manifest == first.manifest
    assert contents(root) == before


def test_adding_a_report_embeds_only_its_chunks(library, root, encoder, tmp_path):
    first = build(library, root, encoder)
    encoder.seen.clear()
    report = add(library, tmp_path)
    second = build(library, root, encoder)
    assert sorted(encoder.seen) == texts(report) == ["改造供暖管网90公里。", "新建奶牛养殖场7座,"]
    assert (second.embedded, second.reused) == (2, first.embedded)
    found = Searcher(root, library, encoder).search("新建奶牛养殖场多少座?")[0]
    assert (found.report, found.sentence.text) == ("linhe-2024", "新建奶牛养殖场7座，改造供暖管网90公里。")


def test_removing_a_report_removes_its_chunks(library, root, encoder):
    build(library, root, encoder)
    assert Searcher(root, library, encoder).search("8000户清洁取暖改造")[0].report == "anning-2024"
    encoder.seen.clear()
    shutil.rmtree(library.root / "anning-2024")
    built = build(library, root, encoder)
    assert (encoder.seen, built.embedded) == ([], 0)
    assert built.manifest.chunks == len(texts(library.open("hohhot-2021")))
    hits = Searcher(root, library, encoder).search("8000户清洁取暖改造", k=1000)
    assert {hit.report for hit in hits} == {"hohhot-2021"}
    assert b"anning-2024" not in b"".join(path.read_bytes() for path in root.rglob("*") if path.is_file())


def test_a_changed_sentence_is_all_that_is_embedded_again(county, root, encoder, tmp_path):
    build(county, root, encoder)
    encoder.seen.clear()
    shutil.rmtree(county.root / "anning-2024")
    add(county, tmp_path, "anning-2024", SECOND.replace("新建集中供熱站2座", "新建集中供熱站3座"))
    built = build(county, root, encoder)
    assert encoder.seen == ["新建集中供热站3座。"]
    assert Searcher(root, county, encoder).search("集中供热站")[0].sentence.text.endswith("新建集中供熱站3座。")
    assert (built.embedded, built.reused) == (1, len(texts(county.open("anning-2024"))) - 1)


def test_another_model_embeds_everything_again(county, root, encoder):
    first = build(county, root, encoder)
    other = HashedNgrams("other")
    second = build(county, root, other)
    assert (second.embedded, second.reused) == (first.embedded, 0)
    assert (second.manifest.model_digest, sorted(other.seen)) == (other.digest, texts(county.open("anning-2024")))


def test_a_refreshed_index_answers_like_one_built_from_nothing(library, root, encoder, tmp_path):
    build(library, root, encoder)
    add(library, tmp_path)
    build(library, root, encoder)
    shutil.rmtree(library.root / "anning-2024")
    shutil.rmtree(library.root / "linhe-2024")
    build(library, root, encoder)
    add(library, tmp_path, "anning-2024", SECOND)
    build(library, root, encoder)
    build(library, tmp_path / "fresh", HashedNgrams())
    assert answers(root, library) == answers(tmp_path / "fresh", library)


def test_a_damaged_index_is_built_anew(county, root, encoder):
    first = build(county, root, encoder)
    (root / first.manifest.generation / "vectors.faiss").write_bytes(b"damaged")
    assert current(county, root, encoder.digest) is None
    second = build(county, root, encoder)
    assert (second.embedded, second.manifest) == (first.embedded, first.manifest)
    (root / "manifest.json").write_bytes(b"{")
    assert build(county, root, encoder).manifest == first.manifest
    assert current(county, root, encoder.digest) == first.manifest


def test_current_is_the_manifest_while_nothing_has_changed(library, root, encoder, tmp_path):
    assert current(library, root, encoder.digest) is None
    manifest = build(library, root, encoder).manifest
    assert current(library, root, encoder.digest) == manifest
    assert current(library, root, HashedNgrams("other").digest) is None
    add(library, tmp_path)
    assert current(library, root, encoder.digest) is None
    shutil.rmtree(library.root / "linhe-2024")
    assert current(library, root, encoder.digest) == manifest
    (library.root / "hohhot-2021" / "english.jsonl").unlink()
    assert current(library, root, encoder.digest) is None
    build(library, root, encoder, IndexConfig(shortest_clause=4))
    assert current(library, root, encoder.digest) is None


def test_an_empty_library_cannot_be_indexed(tmp_path, root, encoder):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="has no reports. Add one: wenzheng add FILE"):
        build(Library(tmp_path / "empty"), root, encoder)
    assert not root.exists()


def test_a_report_without_text_is_indexed_as_nothing(tmp_path, root, encoder):
    (tmp_path / "blank").mkdir()
    library = Library(tmp_path / "blank")
    add(library, tmp_path, text="\n \n")
    built = build(library, root, encoder)
    assert (built.embedded, built.manifest.chunks, built.manifest.sentences) == (0, 0, 0)
    assert Searcher(root, library, encoder).search("清洁取暖") == ()


def test_a_damaged_report_leaves_the_index_as_it_was(library, root, encoder):
    build(library, root, encoder)
    before = contents(root)
    (library.root / "anning-2024" / "source.txt").write_text("changed", encoding="utf-8")
    with pytest.raises(ReportError, match="has changed"):
        build(library, root, encoder)
    assert contents(root) == before


def test_two_builds_do_not_run_at_once(county, root, encoder):
    root.mkdir()
    with FileLock(root / ".lock"), pytest.raises(IndexDirError, match="Another build is writing .* Wait"):
        build(county, root, encoder)
    assert encoder.seen == []
    assert build(county, root, encoder).manifest == manifests.read(root)


def test_what_the_user_keeps_in_the_directory_is_left_alone(county, root, encoder):
    (root / "documents").mkdir(parents=True)
    (root / "documents" / "mine.txt").write_text("keep")
    (root / ".gitignore").write_text("*.tmp\n")
    build(county, root, encoder)
    assert (root / "documents" / "mine.txt").read_text() == "keep"
    assert (root / ".gitignore").read_text() == "*.tmp\n"


def test_progress_is_told_every_batch(library, root, encoder):
    told = []

    def progress(steps, total):
        for step in steps:
            told.append((step, total))
            yield step

    built = build(library, root, encoder, progress=progress)
    batches = -(-built.embedded // 64)
    assert told == [(64 * n, batches) for n in range(batches)]


_BUILD = """
import sys
from pathlib import Path
from corpus.library import Library
from index.build import build
sys.path.insert(0, "tests")
from support import HashedNgrams
build(Library(sys.argv[1]), Path(sys.argv[2]), HashedNgrams())
"""


def test_the_files_do_not_depend_on_the_hash_seed(library, root, encoder, tmp_path):
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", _BUILD, str(library.root), str(tmp_path / seed)],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed},
        )
        for seed in ("1", "2")
    ]
    build(library, root, encoder)
    assert [run.wait(60) for run in runs] == [0, 0]
    assert contents(tmp_path / "1") == contents(tmp_path / "2") == contents(root)


_STALLING_BUILD = """
import signal, sys, time
from pathlib import Path
import numpy as np
from corpus.library import Library
from index import build as building
from index import manifest as manifests

def stall(*_):
    print("stalled", flush=True)
    time.sleep(600)

class Slow:
    name, digest, dim, max_tokens, batches = "test:slow", "slow", 4, 256, 0
    def count_tokens(self, text):
        return len(text)
    def encode(self, texts):
        self.batches += 1
        if at == "embedding" and self.batches == 3:
            stall()
        return np.full((len(texts), 4), 0.5, np.float32)

library, root, at = sys.argv[1:]
signal.signal(signal.SIGINT, signal.default_int_handler)
building._BATCH = 4
if at == "writing":
    building.VectorStore.to_bytes = stall
if at == "publishing":
    manifests._write = stall
building.build(Library(library), Path(root), Slow())
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["kill", "interrupt"])
@pytest.mark.parametrize("at", ["embedding", "writing", "publishing"])
def test_a_build_that_is_killed_leaves_the_index_whole(county, root, encoder, tmp_path, at, how):
    build(county, root, encoder)
    before, answered = contents(root), answers(root, county)
    command = [sys.executable, "-c", _STALLING_BUILD, str(county.root), str(root), at]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            assert process.stdout.readline() == b"stalled\n"
            with pytest.raises(IndexDirError, match="Another build"):
                build(county, root, encoder)
            assert answers(root, county) == answered
            process.send_signal(how)
            assert process.wait(30) == -how
        finally:
            process.kill()
    assert contents(root).items() >= before.items()
    assert answers(root, county) == answered
    assert how == signal.SIGKILL or not list(root.glob(".new-*"))
    add(county, tmp_path)
    built = build(county, root, encoder)
    assert built.embedded == 2
    assert [path.name for path in root.iterdir() if path.is_dir()] == [built.manifest.generation]
    assert Searcher(root, county, encoder).search("奶牛养殖场")[0].report == "linhe-2024"
