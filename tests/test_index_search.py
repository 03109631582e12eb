"""Searching: the right sentence first, in either language and the same order every time, or an error with a remedy."""

import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
from support import ROOT, SECOND, HashedNgrams

from corpus.errors import IndexDirError, UsageError
from corpus.fold import fold
from corpus.library import SHIPPED, Library
from index import search
from index.build import build
from index.chunk import search_text, searched
from index.hits import Hit
from index.lexical import Lexical
from index.manifest import IndexConfig
from index.search import SearchConfig, Searcher
from index.splitter import ClauseSplitter, chunks
from index.tokens import chinese_question_terms, chinese_terms, english_terms

QUESTIONS = (
    ("清洁取暖", "zh"),
    ("老旧小区改造了多少个?", "zh"),
    ("和林格尔新区怎么发展?", "zh"),
    ("How will clean heating be provided?", "en"),
    ("Who gave the report, and when?", "en"),
    ("What is planned for the dairy industry?", "en"),
    ("How many of the 3000 people use the APP?", "en"),
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A library of two reports and its index, for tests that only read."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "图书 library").mkdir()
    shutil.copytree(SHIPPED / "hohhot-2021", folder / "图书 library" / "hohhot-2021")
    (folder / "second.txt").write_text(SECOND, encoding="utf-8")
    library = Library(folder / "图书 library")
    library.add(folder / "second.txt", "anning-2024", "安宁县2024年政府工作报告")
    build(library, folder / "索引 index", HashedNgrams())
    return folder


@pytest.fixture(scope="module")
def library(made):
    return Library(made / "图书 library")


@pytest.fixture(scope="module")
def searcher(made, library):
    return Searcher(made / "索引 index", library, HashedNgrams())


@pytest.fixture(scope="module")
def clauses(library):
    return encoded(library)


@pytest.fixture
def own(made, tmp_path):
    """The same library and index, to be changed."""
    shutil.copytree(made, tmp_path / "own")
    return Library(tmp_path / "own" / "图书 library"), tmp_path / "own" / "索引 index"


def place(hit):
    return hit.report, hit.sentence.id


def names(hits):
    return [place(hit) for hit in hits]


def encoded(library):
    """Every clause of the library with its vector."""
    encoder = HashedNgrams()
    splitter = ClauseSplitter(encoder.max_tokens, lambda text: encoder.count_tokens(fold(text)))
    found = [chunk for report in library for chunk in chunks(report, splitter)]
    return found, encoder.encode([fold(chunk.text) for chunk in found]).astype(float)


def nearest(clauses, question):
    """By brute force: view → (report, sentence) → cosine of its nearest clause, five decimals."""
    found, rows = clauses
    best = {"zh": {}, "en": {}}
    for chunk, cosine in zip(found, rows @ HashedNgrams().encode([fold(question)])[0].astype(float), strict=True):
        where, of_view = (chunk.report, chunk.sentence), best[chunk.view]
        of_view[where] = max(round(float(cosine), 5), of_view.get(where, -1))
    return best


def by_hand(library, clauses, question, language, lexical=0.5, other=0.5):
    """The fused ranking by its definition: (report, sentence) and score, best first."""
    places = [(report.id, sentence.id) for report in library for sentence in searched(report)]
    cosines = nearest(clauses, question)
    total, found = dict.fromkeys(places, 0.0), set()
    for view, analyse, ask in (
        ("zh", chinese_terms, chinese_question_terms),
        ("en", english_terms, english_terms),
    ):
        documents = [analyse(fold(search_text(report, s, view))) for report in library for s in searched(report)]
        bm25 = dict(zip(places, Lexical.fit(documents).scores(ask(fold(question))).tolist(), strict=True))
        words = english_terms(fold(question))
        shared = sum(any(word in document for document in documents) for word in words) / max(len(words), 1)
        weight, trust = (1, 1) if view == language else (other, shared)
        for share, scores in ((1, cosines[view]), (lexical * trust, bm25)):
            known = [scores.get(where, 0) for where in places]
            mean, spread = np.mean(known), np.std(known)
            for where, score in zip(places, known, strict=True):
                total[where] += weight * share * (score - mean) / spread if spread else 0
                found |= {where} if score > 0 else set()
    ranked = sorted(found, key=lambda where: (-round(total[where], 6), places.index(where)))
    return [(where, total[where]) for where in ranked]


@pytest.mark.parametrize(("question", "language"), QUESTIONS)
def test_the_ranking_is_the_one_of_its_definition(searcher, library, clauses, question, language):
    hits = searcher.search(question, k=10)
    expected = by_hand(library, clauses, question, language)[:10]
    assert names(hits) == [where for where, _ in expected]
    assert [hit.score for hit in hits] == pytest.approx([score for _, score in expected], abs=1e-5)


def test_the_settings_are_those_of_the_ranking(made, searcher, library, clauses, encoder):
    question, language = "老旧小区改造了多少个?", "zh"
    other = Searcher(made / "索引 index", library, encoder, SearchConfig(lexical=1.5, other_view=0.9))
    expected = by_hand(library, clauses, question, language, lexical=1.5, other=0.9)[:10]
    assert names(other.search(question, k=10)) == [where for where, _ in expected]
    assert other.search(question)[0].score != searcher.search(question)[0].score


def test_a_build_between_two_reads_is_no_damage(made, library, encoder, monkeypatch):
    """The reader has checked the files when a build replaces them: it reads the new ones."""
    root, reads = made / "索引 index", []
    verified = search.manifests.verified

    def replaced(*arguments):
        folder = verified(*arguments)
        reads.append(folder)
        return folder if len(reads) > 1 else folder / "gone"

    monkeypatch.setattr(search.manifests, "verified", replaced)
    assert Searcher(root, library, encoder).search("清洁取暖")
    assert len(reads) == 2


def test_depth_is_how_many_clauses_are_considered(made, searcher, library, encoder):
    shallow = Searcher(made / "索引 index", library, encoder, SearchConfig(depth=3))
    kept = [match for hit in shallow.search("清洁取暖", k=1000) for match in hit.matches]
    every = [match for hit in searcher.search("清洁取暖", k=1000) for match in hit.matches]
    assert sorted(kept, key=lambda m: -m.cosine) == sorted(every, key=lambda m: -m.cosine)[:3]


def test_clean_heating_is_found_in_simplified_and_traditional_alike(searcher):
    hits = searcher.search("清洁取暖", report="hohhot-2021")
    assert "和清洁取暖“全覆盖”,全力创建北方地区冬季清洁取暖城市。" in hits[0].sentence.text
    assert searcher.search("清潔取暖", report="hohhot-2021") == hits
    everywhere = searcher.search("清潔取暖")
    assert searcher.search("清洁取暖") == everywhere
    assert {place(hit) for hit in everywhere[:2]} == {("anning-2024", "p7.1"), place(hits[0])}


def test_full_width_is_the_same_question(searcher):
    assert searcher.search("ＧＤＰ增长６％是多少？") == searcher.search("GDP增长6%是多少?")


def test_an_english_question_finds_the_sentence_through_its_english(searcher, hohhot):
    hit = searcher.search("How will clean heating be provided?")[0]
    assert "清洁取暖“全覆盖”" in hit.sentence.text
    assert (hit.view, hit.lexical["zh"]) == ("en", 0)
    assert hit.lexical["en"] > 0
    assert "clean heating" in hohhot.edition.covering(hit.sentence.id, hit.matches[0].span).text
    assert hit.cosine("en") == hit.matches[0].cosine > hit.cosine("zh")


def test_a_search_in_one_report_finds_only_its_sentences(searcher):
    for report in ("hohhot-2021", "anning-2024"):
        hits = searcher.search("清洁取暖", report=report, k=1000)
        assert {hit.report for hit in hits} == {report}
        everywhere = {place(hit): hit for hit in searcher.search("清洁取暖", k=1000)}
        for hit in hits:
            assert (hit.matches, hit.lexical) == (everywhere[place(hit)].matches, everywhere[place(hit)].lexical)


def test_an_unknown_report_is_named(searcher):
    with pytest.raises(UsageError, match="no report 'baotou-2021' in the index. It has: anning-2024, hohhot-2021."):
        searcher.search("清洁取暖", report="baotou-2021")


@pytest.mark.parametrize("question", [question for question, _ in QUESTIONS])
def test_ranks_count_from_one_and_scores_never_rise(searcher, question):
    hits = searcher.search(question, k=1000)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len(set(names(hits))) == len(hits)
    assert searcher.search(question, k=7) == hits[:7]
    assert searcher.search(question) == hits[:20]
    assert searcher.search(question, k=0) == ()


def test_equal_scores_are_ordered_by_place(own, encoder, tmp_path):
    library, root = own
    (tmp_path / "again.txt").write_text(SECOND, encoding="utf-8")
    library.add(tmp_path / "again.txt", "anning-2025", "安宁县2025年政府工作报告")
    build(library, root, encoder)
    hits = Searcher(root, library, encoder).search("集中供热站和农村公路", k=1000)
    one, other = (
        {hit.sentence.id: hit.score for hit in hits if hit.report == id_} for id_ in ("anning-2024", "anning-2025")
    )
    assert one == other
    order = names(hits)
    assert [order.index(("anning-2025", id_)) - order.index(("anning-2024", id_)) for id_ in one] == [1] * len(one)
    assert order[0] == ("anning-2024", "p7.1")


@pytest.mark.parametrize("question", [question for question, _ in QUESTIONS])
def test_matches_lie_inside_their_sentence_nearest_first(searcher, clauses, question):
    cosines = nearest(clauses, question)
    for hit in searcher.search(question, k=1000):
        assert all(hit.sentence.span.contains(match.span) for match in hit.matches)
        assert [m.cosine for m in hit.matches] == sorted((m.cosine for m in hit.matches), reverse=True)
        for view in ("zh", "en"):
            assert hit.cosine(view) == pytest.approx(cosines[view].get(place(hit), 0), abs=2e-5)
        source = searcher.reports[hit.report].source
        assert source[hit.sentence.span.start : hit.sentence.span.end] == hit.sentence.text
        assert hit.sentence.kind != "heading"


def test_a_hit_without_a_near_clause_was_seen_in_the_source(hohhot):
    hit = Hit(1, 0.1, "hohhot-2021", hohhot.sentence("p1.1"), (), {"zh": 1.0, "en": 0.0})
    assert (hit.view, hit.cosine("zh"), hit.cosine("en")) == ("zh", 0.0, 0.0)


def test_where_no_term_is_shared_the_dense_ranker_alone_decides(county, encoder, tmp_path):
    build(county, tmp_path / "index", encoder)
    question = "是什么时候的?"  # every word of it only asks
    hits = Searcher(tmp_path / "index", county, encoder).search(question)
    assert {score for hit in hits for score in hit.lexical.values()} == {0}
    cosines = nearest(encoded(county), question)["zh"]
    dense = sorted((where for where in cosines if cosines[where] > 0), key=lambda where: -cosines[where])
    assert names(hits) == dense
    assert dense[0] == ("anning-2024", "h2")


def test_a_question_of_nothing_finds_nothing(searcher):
    assert searcher.search("") == ()


def test_a_missing_index_says_how_to_build_it(library, encoder, tmp_path):
    with pytest.raises(IndexDirError, match="There is no index in .*absent. Build it: wenzheng index."):
        Searcher(tmp_path / "absent", library, encoder)


def test_another_model_is_refused(made, library):
    with pytest.raises(IndexDirError, match="made by another model than test:hashed-ngrams. .*: wenzheng index."):
        Searcher(made / "索引 index", library, HashedNgrams("other"))


def test_other_settings_are_refused(county, encoder, tmp_path):
    build(county, tmp_path / "index", encoder, IndexConfig(shortest_clause=4))
    with pytest.raises(IndexDirError, match="made with other settings. .*: wenzheng index."):
        Searcher(tmp_path / "index", county, encoder)


def _add(library):
    file = library.root.parent / "added.txt"
    file.write_text("一、工作安排\n\n新建奶牛养殖场7座。\n", encoding="utf-8")
    library.add(file, "linhe-2024", "临河区2024年政府工作报告")


def _mend(library):
    path = library.root / "hohhot-2021" / "report.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('reads = "地铁1、2号线"', 'reads = "地铁1号线、2号线"'))


def _retranslate(library):
    path = library.root / "hohhot-2021" / "english.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace('"en": "Bao Gang"', '"en": "Bao G."'), encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (_add, "linhe-2024"),
        (lambda library: shutil.rmtree(library.root / "anning-2024"), "anning-2024"),
        (_mend, "hohhot-2021"),
        (_retranslate, "hohhot-2021"),
        (lambda library: (_add(library), _mend(library)), "hohhot-2021, linhe-2024"),
    ],
    ids=["added", "removed", "errata", "edition", "two"],
)
def test_a_changed_library_is_refused_until_it_is_indexed(own, encoder, change, named):
    library, root = own
    change(library)
    with pytest.raises(IndexDirError, match=f"does not match the library: {named} changed. .*: wenzheng index."):
        Searcher(root, library, encoder)
    build(library, root, encoder)
    hit = Searcher(root, library, encoder).search("清洁取暖", report="hohhot-2021")[0]
    assert "清洁取暖“全覆盖”" in hit.sentence.text


@pytest.mark.parametrize("name", ["chunks.jsonl", "sentences.tsv", "vectors.faiss", "bm25-zh/params.index.json"])
def test_a_damaged_index_is_refused(own, searcher, encoder, name):
    library, root = own
    path = root / searcher.manifest.generation / name
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(IndexDirError, match=f"{name} is not the file that was written. Rebuild it: wenzheng index."):
        Searcher(root, library, encoder)


def test_an_open_index_answers_while_it_is_replaced(own, encoder):
    library, root = own
    opened = Searcher(root, library, encoder)
    hits = opened.search("清洁取暖")
    _add(library)
    build(library, root, encoder)
    assert opened.search("清洁取暖") == hits


_SEARCH = """
import json, sys
from pathlib import Path
from corpus.library import SHIPPED, Library
from index.search import Searcher
sys.path.insert(0, "tests")
from support import HashedNgrams
searcher = Searcher(Path(sys.argv[1]), Library(sys.argv[2]), HashedNgrams())
print(json.dumps([repr(searcher.search(question)) for question in sys.argv[3:]]))
"""


def test_hits_do_not_depend_on_the_hash_seed(made, searcher, library):
    questions = [question for question, _ in QUESTIONS]
    command = [sys.executable, "-c", _SEARCH, str(made / "索引 index"), str(library.root), *questions]
    runs = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, env=os.environ | {"PYTHONHASHSEED": seed})
        for seed in ("1", "2")
    ]
    one, two = (json.loads(run.communicate(timeout=60)[0]) for run in runs)
    assert one == two == [repr(searcher.search(question)) for question in questions]
