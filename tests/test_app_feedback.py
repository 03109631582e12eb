import json
import stat
import threading

import pytest

from app.citation import cite
from app.feedback import VERDICTS, FeedbackStore, candidates
from app.reply import Answer
from corpus.errors import UsageError, WenzhengError
from corpus.report import Span
from eval.gold import GoldError, lint, load

DIGESTS = {"index": "1" * 64, "config": "2" * 64, "model": "3" * 64}


@pytest.fixture
def store(tmp_path):
    return FeedbackStore(tmp_path / "share" / "wenzheng")


def answer(report, sentences=(), question="森林覆盖率多少?", lang="zh", **fields):
    claims = tuple(cite(report, report.sentence(id_), report.sentence(id_).span, lang) for id_ in sentences)
    said = " ".join(f"{claim.text} [{n}]" for n, claim in enumerate(claims, start=1)) or "报告没有说明。"
    fields = {"standalone_question": question, "status": "answered" if claims else "refused"} | fields
    return Answer(question, lang, answer=said, claims=claims, digests=DIGESTS, **fields)


def test_a_judgement_is_kept_whole_and_for_its_owner_alone(store, hohhot):
    said = answer(hohhot, ["p5.3"], "And metro?", "en", standalone_question="Roads? And metro?")
    assert list(store) == [] and not store.file.parent.exists()
    store.add(said, "incomplete", "  两条线\x1b[2J ", ["Roads?"])
    (kept,) = FeedbackStore(store.file.parent)
    assert kept.time.endswith("+00:00")
    assert (kept.verdict, kept.note, kept.lang, kept.report) == ("incomplete", "两条线 [2J", "en", "hohhot-2021")
    assert (kept.question, kept.standalone, kept.history) == ("And metro?", "Roads? And metro?", ("Roads?",))
    assert kept.digests == DIGESTS
    assert kept.answer == json.loads(json.dumps(said.to_json()))
    assert stat.S_IMODE(store.file.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(store.file.stat().st_mode) == 0o600


def test_what_cannot_be_kept_is_said(store, hohhot, tmp_path):
    with pytest.raises(UsageError, match="no verdict 'good'"):
        store.add(answer(hohhot), "good")
    with pytest.raises(UsageError, match="2001 characters"):
        store.add(answer(hohhot), "right", "x" * 2001)
    (tmp_path / "file").write_text("")
    with pytest.raises(WenzhengError, match="WENZHENG_DATA"):
        FeedbackStore(tmp_path / "file").add(answer(hohhot), "right")
    assert list(store) == []


def test_many_threads_lose_nothing(store, hohhot):
    said = answer(hohhot, ["p5.3"])

    def judge(thread):
        for number in range(10):
            store.add(said, VERDICTS[number % 4], f"{thread}-{number}")

    threads = [threading.Thread(target=judge, args=(thread,)) for thread in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(it.note for it in store) == sorted(f"{t}-{n}" for t in range(8) for n in range(10))


def gold(rows, tmp_path, hohhot):
    file = tmp_path / "candidates.jsonl"
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return load(file, {hohhot.id: hohhot})


def test_right_and_refused_are_gold_rows_as_they_stand(store, hohhot, tmp_path):
    store.add(answer(hohhot, ["p5.3", "p20.6"], "轨道交通开了几条?"), "right")
    store.add(
        answer(hohhot, ["p20.6"], "And heating?", "en", standalone_question="Metro? And heating?"),
        "right",
        "",
        ["Metro?"],
    )
    store.add(answer(hohhot, ["p20.6"], "Where is the airport?", "en"), "should-have-refused", "no airport")
    store.add(answer(hohhot, question="2030年人口多少?"), "right")
    loaded = gold(candidates(list(store)), tmp_path, hohhot)
    one, two, three, four = loaded.questions
    metro = hohhot.sentence("p5.3").span
    assert (one.id, one.need, one.split, one.category, one.answerable) == ("f0001-zh", "f0001", "dev", "figure", True)
    assert one.evidence[0] == ((Span(metro.start, metro.end),),)
    assert (two.category, two.history, two.standalone) == ("follow-up", ("Metro?",), "Metro? And heating?")
    assert (three.category, three.answerable, three.lang) == ("unanswerable-in", False, "en")
    assert (four.answerable, four.answer, four.evidence) == (False, "报告没有说明。", ())
    faults = lint([loaded], {hohhot.id: hohhot})
    assert [fault for fault in faults if "has no question of category" not in fault] == []


@pytest.mark.parametrize("verdict", ["incomplete", "wrong-citation"])
@pytest.mark.parametrize("cited", [["p5.3"], []])
def test_what_only_an_editor_knows_stays_open_and_the_loader_says_so(store, hohhot, tmp_path, verdict, cited):
    store.add(answer(hohhot, cited, "What of the metro?", "en"), verdict, "the other line")
    (row,) = candidates(list(store))
    assert (row["answerable"], row["nuggets"], "the other line" in row["notes"]) == (True, [], True)
    assert bool(row["evidence"]) is (verdict == "incomplete" and bool(cited))
    with pytest.raises(GoldError):
        gold([row], tmp_path, hohhot)
    span = hohhot.sentence("p5.3").span
    row["evidence"] = [[[{"start": span.start, "end": span.end, "quote": hohhot.source[span.start : span.end]}]]]
    row["nuggets"], row["answer"] = [{"any": ["Lines 1 and 2"]}], "Lines 1 and 2 run."
    assert gold([row], tmp_path, hohhot).questions[0].nuggets == (("Lines 1 and 2",),)


def test_the_last_judgement_of_a_question_counts(store, hohhot):
    store.add(answer(hohhot, ["p5.3"]), "right")
    store.add(answer(hohhot, ["p5.3"]), "should-have-refused")
    (row,) = candidates(list(store))
    assert (row["answerable"], "should-have-refused" in row["notes"]) == (False, True)


def test_a_follow_up_without_its_history_is_asked_as_it_was_searched(store, hohhot):
    store.add(answer(hohhot, ["p5.3"], "那地铁呢?", standalone_question="公路? 那地铁呢?"), "right")
    (row,) = candidates(list(store))
    assert (row["question"], row["history"], "standalone" in row) == ("公路? 那地铁呢?", [], False)
