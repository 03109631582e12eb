import json

import pytest

from eval import gold as golds
from eval.gold import GoldError


@pytest.fixture(scope="module")
def rows():
    return [json.loads(line) for line in (golds.FOLDER / "dev.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def reports(hohhot):
    return {hohhot.id: hohhot}


@pytest.fixture
def load(tmp_path, reports):
    def load(rows):
        path = tmp_path / "dev.jsonl"
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        return golds.load(path, reports)

    return load


@pytest.mark.parametrize("split", golds.SPLITS)
def test_the_committed_questions_are_well_made(reports, split):
    gold = golds.load(golds.FOLDER / f"{split}.jsonl", reports)
    by_need = {}
    for question in gold.questions:
        by_need.setdefault(question.need, set()).add(question.lang)
    count = {category: sum(q.category == category for q in gold.questions) for category in golds.CATEGORIES}
    assert all(count.values())
    least = {"dev": (120, 40), "test": (240, 80)}[split]
    assert len(gold.questions) >= least[0]
    assert sum(langs == {"zh", "en"} for langs in by_need.values()) >= least[1]
    if split == "test":
        assert count["unanswerable-in"] >= 50
        assert count["unanswerable-out"] >= 20
        assert count["follow-up"] >= 30


def test_no_need_is_in_both_splits_and_there_are_200(reports):
    loaded = [golds.load(golds.FOLDER / f"{split}.jsonl", reports) for split in golds.SPLITS]
    assert golds.lint(loaded, reports) == []
    assert len({question.need for gold in loaded for question in gold.questions}) >= 200


def test_the_test_questions_are_frozen(reports):
    gold = golds.load(golds.FOLDER / "test.jsonl", reports)
    assert gold.sha256 == (golds.FOLDER / "test.sha256").read_text(encoding="utf-8").split()[0]


def changed(rows, **fields):
    return [rows[0] | fields, *rows[1:]]


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda rows: changed(rows, colour="red"), "row 1: unknown field 'colour'"),
        (lambda rows: [{k: v for k, v in rows[0].items() if k != "lang"}], "row 1: 'lang' is missing"),
        (lambda rows: [*rows, rows[3]], "row 187.* occurs twice|the id d002-zh occurs twice"),
        (lambda rows: changed(rows, lang="fr"), "bad split, lang or category: dev, fr"),
        (lambda rows: changed(rows, category="poem"), "category: dev, en, poem"),
        (lambda rows: changed(rows, answerable=False), "contradict"),
        (lambda rows: changed(rows, nuggets=[]), "nuggets where it is answerable"),
        (lambda rows: changed(rows, history=["x"]), "follow-ups, and only they"),
        (lambda rows: changed(rows, report="nowhere"), "no report 'nowhere'"),
        (lambda rows: changed(rows, split="test"), "holds dev, test questions"),
        (lambda rows: ["x"], "not an object"),
        (lambda rows: [], "holds no questions"),
    ],
)
def test_a_row_that_is_not_well_made_is_named(rows, load, damage, says):
    with pytest.raises(GoldError, match=says) as caught:
        load(damage(rows))
    assert caught.value.exit_code == 1


@pytest.mark.parametrize(("start", "end"), [(1, 0), (0, 1), (-500, 0), (0, 200)])
def test_an_offset_that_is_off_is_named(rows, load, start, end):
    row = json.loads(json.dumps(rows[0]))
    span = row["evidence"][0][0][0]
    span["start"], span["end"] = span["start"] + start, span["end"] + end
    with pytest.raises(GoldError, match=r"d001-en.*is not what stands at"):
        load([row])


def test_evidence_across_sentences_is_refused(rows, load, hohhot):
    first, second = hohhot.paragraph("p6").sentences[1:3]
    quote = hohhot.source[first.span.start : second.span.end]
    evidence = [[[{"start": first.span.start, "end": second.span.end, "quote": quote}]]]
    with pytest.raises(GoldError, match="not inside one sentence"):
        load([rows[0] | {"evidence": evidence}])


def test_lint_sees_needs_in_two_splits_missing_categories_and_copied_words(rows, load, reports, hohhot):
    gold = load(rows)
    copied = [row | {"question": row["evidence"][0][0][0]["quote"]} for row in rows if row["answerable"]]
    other = golds.Gold("test", gold.questions[:2], "x")
    faults = "\n".join(golds.lint([load(copied), other], reports))
    assert "The need d001 is in two splits." in faults
    assert "dev has no question of category unanswerable-in." in faults
    assert "Chinese questions are in words of their own." in faults


def test_overlap_is_the_share_of_content_bigrams(rows, load, hohhot):
    row = next(row for row in rows if row["id"] == "d001-zh")
    quote = row["evidence"][0][0][0]["quote"]
    (copy,) = load([row | {"question": f"{quote[:12]}是多少?"}]).questions
    (own,) = load([row | {"question": "科学花钱?"}]).questions
    assert golds.overlap(copy, hohhot) == 1.0
    assert golds.overlap(own, hohhot) == 0.0
