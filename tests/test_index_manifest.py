"""Publishing: a reader sees the whole of one index or the whole of another, and damage is never taken for either."""

import hashlib
import json
import os
import shutil
from dataclasses import replace

import pytest

from corpus.errors import IndexDirError
from corpus.report import Erratum, Span
from index import manifest as manifests
from index.manifest import FORMAT, IndexConfig, Manifest, fingerprint, publishing, read, verified

PROMISE = Manifest(FORMAT, "test:model", "abc", 4, IndexConfig().digest, {"hohhot-2021": "def"}, chunks=2, sentences=1)


def publish(root, text="清洁取暖", manifest=PROMISE):
    with publishing(root, manifest) as folder:
        (folder / "chunks.jsonl").write_text(text, encoding="utf-8")
        (folder / "bm25-zh").mkdir()
        (folder / "bm25-zh" / "词表.json").write_text("{}", encoding="utf-8")
    return read(root)


def text_in(root):
    return (verified(root, read(root)) / "chunks.jsonl").read_text(encoding="utf-8")


def entries(root):
    return sorted(path.name for path in root.iterdir())


@pytest.fixture
def root(tmp_path):
    return tmp_path / "索引 index"


def test_what_is_published_is_read(root):
    manifest = publish(root)
    assert replace(manifest, generation="", files=None) == PROMISE
    assert manifest.files == {
        "bm25-zh/词表.json": hashlib.sha256(b"{}").hexdigest(),
        "chunks.jsonl": hashlib.sha256("清洁取暖".encode()).hexdigest(),
    }
    assert text_in(root) == "清洁取暖"
    assert verified(root, manifest) == root / manifest.generation
    assert entries(root) == sorted([manifest.generation, "manifest.json"])


def test_where_nothing_was_published_there_is_no_manifest(root, tmp_path):
    assert read(root) is None
    root.mkdir()
    assert read(root) is None
    (tmp_path / "file").write_text("")
    assert read(tmp_path / "file") is None


def test_the_digest_is_of_the_contents(root, tmp_path):
    manifest = publish(root)
    assert publish(tmp_path / "elsewhere").digest == manifest.digest
    assert publish(root, "清洁供暖").digest != manifest.digest
    assert publish(root, manifest=replace(PROMISE, model_digest="other")).digest != manifest.digest


def test_a_new_generation_takes_the_place_of_the_old(root):
    old = publish(root)
    new = publish(root, "清洁供暖")
    assert old.generation != new.generation
    assert text_in(root) == "清洁供暖"
    assert entries(root) == sorted([new.generation, "manifest.json"])


def test_what_a_killed_build_left_is_cleared_away(root):
    publish(root)
    (root / ".new-killed").mkdir()
    (root / ".new-killed" / "chunks.jsonl").write_text("half")
    (root / ("0" * 16)).mkdir()
    new = publish(root, "清洁供暖")
    assert entries(root) == sorted([new.generation, "manifest.json"])


def test_folders_that_are_not_the_indexs_own_are_left_alone(root):
    for name in ("documents", ".git", "0123456789abcdef0"):
        (root / name).mkdir(parents=True)
        (root / name / "mine.txt").write_text("keep")
    publish(root)
    manifest = publish(root, "清洁供暖")
    assert entries(root) == sorted([".git", "0123456789abcdef0", "documents", manifest.generation, "manifest.json"])
    assert (root / "documents" / "mine.txt").read_text() == "keep"


@pytest.mark.parametrize("fault", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_build_that_fails_leaves_the_index_as_it_was(root, fault):
    before = publish(root)
    with pytest.raises(fault), publishing(root, replace(PROMISE, chunks=3)) as folder:
        (folder / "chunks.jsonl").write_text("half")
        raise fault
    assert read(root) == before
    assert text_in(root) == "清洁取暖"
    assert entries(root) == sorted([before.generation, "manifest.json"])


@pytest.mark.parametrize("text", ["清洁取暖", "清洁供暖"], ids=["same", "changed"])
@pytest.mark.parametrize("step", [1, 2])
def test_an_interrupt_at_any_step_of_publishing_leaves_a_whole_index(root, monkeypatch, step, text):
    before = publish(root)
    steps = []

    def interrupted(source, target):
        steps.append(target)
        if len(steps) == step:
            raise KeyboardInterrupt
        move(source, target)

    move = os.replace
    monkeypatch.setattr(manifests.os, "replace", interrupted)
    try:
        publish(root, text)
    except KeyboardInterrupt:
        assert read(root) == before
    assert text_in(root) == "清洁取暖"
    assert not list(root.glob(".new-*"))
    monkeypatch.undo()
    publish(root, text)
    assert text_in(root) == text


def test_publishing_the_same_again_never_takes_its_files_away(root, monkeypatch):
    before = publish(root)
    removed = []
    remove = shutil.rmtree
    monkeypatch.setattr(
        manifests.shutil, "rmtree", lambda path, **options: (removed.append(path.name), remove(path, **options))
    )
    assert publish(root) == before
    assert before.generation not in removed
    assert text_in(root) == "清洁取暖"


def test_a_damaged_generation_is_mended_by_publishing_it_again(root):
    manifest = publish(root)
    (root / manifest.generation / "chunks.jsonl").write_text("damaged")
    assert publish(root) == manifest
    assert text_in(root) == "清洁取暖"


def _altered(field, value):
    def alter(path):
        fields = json.loads(path.read_bytes())
        path.write_text(json.dumps(fields | {field: value}), encoding="utf-8")

    return alter


def _without(field):
    def alter(path):
        fields = json.loads(path.read_bytes())
        del fields[field]
        path.write_text(json.dumps(fields), encoding="utf-8")

    return alter


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda path: path.write_bytes(b""), "damaged manifest"),
        (lambda path: path.write_bytes(path.read_bytes()[:-20]), "damaged manifest"),
        (lambda path: path.write_bytes(b"\xff\xfe"), "damaged manifest"),
        (lambda path: path.write_bytes(b"[]"), "damaged manifest"),
        (lambda path: path.write_bytes(b"null"), "damaged manifest"),
        (lambda path: (path.unlink(), path.mkdir()), "damaged manifest"),
        (_altered("format", FORMAT + 1), f"has format {FORMAT + 1}, not {FORMAT}"),
        (_altered("format", None), "has format None"),
        (_altered("colour", "red"), "damaged manifest"),
        (_altered("reports", []), "damaged manifest"),
        (_altered("model_digest", "other"), "damaged manifest"),
        (_altered("generation", ".."), "damaged manifest"),
        (_altered("files", {}), "damaged manifest"),
        *((_without(field), "damaged manifest") for field in ("format", "files", "generation", "chunks")),
    ],
)
def test_a_damaged_manifest_is_refused(root, damage, says):
    publish(root)
    damage(root / "manifest.json")
    with pytest.raises(IndexDirError, match=says) as refused:
        read(root)
    assert refused.value.hint == "Rebuild it: wenzheng index."
    assert str(root) in refused.value.message


def _flip(path):
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))


@pytest.mark.parametrize("name", ["chunks.jsonl", "bm25-zh/词表.json"])
@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (_flip, "{} is not the file that was written"),
        (lambda path: path.write_bytes(path.read_bytes()[:-1]), "{} is not the file that was written"),
        (lambda path: path.write_bytes(b""), "{} is not the file that was written"),
        (lambda path: path.unlink(), "lacks its file {}"),
        (lambda path: (path.unlink(), path.mkdir()), "lacks its file {}"),
        (lambda path: shutil.rmtree(path.parent), "lacks its file"),
    ],
    ids=["altered", "truncated", "emptied", "missing", "folder", "folder-missing"],
)
def test_a_damaged_file_is_refused_by_name(root, name, damage, says):
    manifest = publish(root)
    damage(root / manifest.generation / name)
    with pytest.raises(IndexDirError, match=says.format(name)) as refused:
        verified(root, manifest)
    assert refused.value.hint == "Rebuild it: wenzheng index."


def test_a_fingerprint_moves_with_text_errata_and_edition(hohhot):
    whole = fingerprint(hohhot)
    erratum = Erratum(Span(0, 2), "担当", "担起", "why")
    changed = [
        replace(hohhot, sha256="0" * 64),
        replace(hohhot, errata=(*hohhot.errata, erratum)),
        replace(hohhot, edition=None),
        replace(hohhot, edition=replace(hohhot.edition, parts={})),
    ]
    assert len({whole, *map(fingerprint, changed)}) == 5
    assert fingerprint(replace(hohhot, about={"title": "another"})) == whole


def test_settings_have_a_digest_of_their_own():
    assert IndexConfig().digest == IndexConfig(shortest_clause=8).digest != IndexConfig(shortest_clause=7).digest
