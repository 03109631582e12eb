"""Tables and the page, over fixed scores and a few answers made by hand."""

import re
from dataclasses import fields, replace
from html.parser import HTMLParser

import pytest

from app.citation import cite
from corpus.report import Span
from eval.cards import why
from eval.gold import Gold, Question, sentence_of
from eval.report import page, readme_table, table
from eval.run import Run
from eval.score import Row, score

HOSTILE = "<script>alert('x')</script>\"&\u202egnp"


def scored(id_, right, **changes):
    need, lang = id_.split("-")
    values = {field.name: 0.0 for field in fields(Row)} | {"as_asked_hit_5": None, "gold_rewrite_hit_5": None}
    values |= {"id": id_, "need": need, "lang": lang, "category": "figure", "answerable": True, "status": "answered"}
    values |= {"confidence": 0.75, "hit_5": float(right), "cited_correct": float(right), "claims": 1, "characters": 20}
    values |= {"nugget_recall": float(right), "ids_resolve": True, "quotes_verbatim": True, "figures_cited": True}
    return Row(**values | changes)


ROWS = (
    scored("a-zh", True, confidence=0.95),
    scored("a-en", False, confidence=0.9, quotes_verbatim=False),
    scored("b-zh", False, status="refused", confidence=0.2),
    scored("b-en", True),
    scored("c-zh", True, category="follow-up", as_asked_hit_5=0.0, gold_rewrite_hit_5=1.0),
    scored("c-en", False, category="follow-up", status="crashed", confidence=0.0, claims=0),
    scored("d-zh", True, category="unanswerable-in", answerable=False, status="refused", hit_5=0.0),
    scored("d-en", False, category="unanswerable-in", answerable=False),
)
HEADER = {
    "commit": "abc1234",
    "split": "dev",
    "questions": 8,
    "gold": "0123456789abcdef",
    "cold_start_s": 5.5,
    "peak_memory_mb": 612,
}
RECORDS = {
    row.id: {"id": row.id, "answer": {"timings_ms": {"search": 10.0 + n}}, "wall_ms": 20.0 + n}
    for n, row in enumerate(ROWS[:5])
}


@pytest.fixture
def lines():
    return table(ROWS, Run(HEADER, RECORDS)).split("\n")


@pytest.mark.parametrize(
    "expected",
    [
        "commit abc1234 · split dev · questions 8 · gold 0123456789ab · index ? · config ? · model ?",
        "figure     0.500 [0.150,0.850]   4  0.500 [0.095,0.905]   2  0.500 [0.095,0.905]   2",
        "unanswerable-in  0.500 [0.095,0.905]   2  1.000 [0.207,1.000]   1  0.000 [0.000,0.793]   1",
        "false answers 0.500 [0.500,0.500] 2 0.000 [0.000,0.000] 1 1.000 [1.000,1.000] 1",
        "false refusals 0.333 [0.000,0.500] 6 0.333 [0.000,1.000] 3 0.333 [0.000,1.000] 3",
        "risk, where it answers 0.400 [0.118,0.769] 5 0.000 [0.000,0.658] 2 0.667 [0.208,0.939] 3",
        "AURC, where it answers 0.297 0.000 0.722",
        "as asked 0.000 [0.000,0.658] 2 0.000 [0.000,0.793] 1 0.000 [0.000,0.793] 1",
        "rewritten 0.500 [0.095,0.905] 2 1.000 [0.207,1.000] 1 0.000 [0.000,0.793] 1",
        "gold rewrite 1.000 [0.207,1.000] 1 1.000 [0.207,1.000] 1 -",
        "English and Chinese: 4 needs asked in both",
        "right in Chinese only 3",
        "right in English only 1",
        "wrong in English only: a-en, c-en, d-en",
        "wrong in Chinese only: b-zh",
        "McNemar's exact p = 0.625.",
        "search 12.0 13.8 5",
        "total 22.0 23.8 5",
        "Cold start 5.5 s; peak memory 612 MB.",
        "ids resolve 8 of 8",
        "quotes verbatim 7 of 8",
        "quotes verbatim fails: a-en",
    ],
)
def test_the_terminal_shows_every_figure(lines, expected):
    assert " ".join(expected.split()) in [" ".join(line.split()) for line in lines]


def test_the_terminal_s_tables_are_aligned_and_narrow(lines):
    assert max(map(len, lines)) <= 100
    assert not any(line != line.rstrip() for line in lines)
    at = lines.index("Cited-correct by category")
    assert {len(line) for line in lines[at + 1 : at + 5]} == {90}
    long = [scored(f"q{n:03}-{lang}", lang == "zh") for n in range(60) for lang in ("zh", "en")]
    assert max(map(len, table(long, Run(HEADER, {})).split("\n"))) <= 100


def test_the_readme_s_table():
    assert readme_table(ROWS, HEADER) == (
        "| dev, 8 questions | overall | zh | en |\n"
        "| :-- | --: | --: | --: |\n"
        "| cited-correct | 0.500 [0.500, 0.500] | 0.750 [0.250, 1.000] | 0.250 [0.000, 0.750] |\n"
        "| hit@5 | 0.500 [0.500, 0.500] | 0.667 [0.000, 1.000] | 0.333 [0.000, 1.000] |\n"
        "| citation recall | 0.000 [0.000, 0.000] | 0.000 [0.000, 0.000] | 0.000 [0.000, 0.000] |\n"
        "| citation precision | 0.000 [0.000, 0.000] | 0.000 [0.000, 0.000] | 0.000 [0.000, 0.000] |\n"
        "| false answers | 0.500 [0.500, 0.500] | 0.000 [0.000, 0.000] | 1.000 [1.000, 1.000] |\n"
        "| false refusals | 0.333 [0.000, 0.500] | 0.333 [0.000, 1.000] | 0.333 [0.000, 1.000] |\n"
    )


# The page: one question for each way to fail.

RESEARCH, INDUSTRY = "全社会研发经费投入强度由2016年的0.94%提高到1.67%", "三次产业结构调整为4.5∶29.1∶66.4。"


@pytest.fixture
def span(hohhot):
    def of(words):
        at = hohhot.source.index(words)
        return Span(at, at + len(words))

    return of


@pytest.fixture
def asked(hohhot, span):
    """(question, its record) by what is wrong with it."""

    def ask(id_, evidence, nuggets, quoted, ranked, **changes):
        question = Question(
            id_, id_[:-3], "dev", "zh", "figure", hohhot.id, "多少?", (), "", bool(evidence), evidence, "应答", nuggets
        )
        claims = [cite(hohhot, sentence_of(hohhot, each), each, "zh").to_json() for each in quoted]
        passages = [
            {"report": "hohhot-2021", "sentence": s.id, "paragraph": s.paragraph, "score": 0.5, "text": s.text}
            for s in (sentence_of(hohhot, span(words)) for words in ranked)
        ]
        answer = {"status": "answered" if claims else "refused", "confidence": 0.815, "answer": "没有说明。"}
        answer |= {"claims": claims, "passages": passages, "standalone_question": "多少?"} | changes
        return question, {"id": id_, "answer": answer, "wall_ms": 1.0}

    one, two = ((span(RESEARCH),),), ((span(INDUSTRY),),)
    title, ranked = span("呼和浩特"), [INDUSTRY, RESEARCH]
    part = Span(span(RESEARCH).start, span(RESEARCH).start + 6)
    crash, _ = ask("crash-zh", (one,), (("1.67%",),), [], [])
    never, _ = ask("never-zh", (one,), (("1.67%",),), [], [])
    return {
        "": ask("right-zh", (one,), (("1.67%",),), [span(RESEARCH)], ranked),
        "ranked 2nd, not quoted; a nugget missing: 1.67%": ask(
            "unquoted-zh", (one,), (("1.67%",), ("产业结构",)), [span(INDUSTRY)], ranked
        ),
        "quoted, but 1 of 2 groups missing: not in the first 1; 2 nuggets missing: 4.5, 服务业": ask(
            "group-zh", (one, two), (("4.5",), ("services", "服务业")), [span(RESEARCH)], [RESEARCH]
        ),
        "quoted, but 1 of 2 groups missing: ranked 1st": ask(
            "marks-zh", (one, two), (("1.67%",),), [span(RESEARCH)], ranked
        ),
        "a nugget missing: 23%": ask("nugget-zh", (one,), (("23%",),), [span(RESEARCH)], ranked),
        "answered though the report does not say (confidence 0.815)": ask("false-zh", (), (), [title], ranked),
        "refused: confidence 0.620 below the threshold; evidence ranked 2nd": ask(
            "refused-zh", (one,), (("1.67%",),), [], ranked, confidence=0.62
        ),
        "error: too long": ask(
            "error-zh", (one,), (("1.67%",),), [], [], status="error", error={"message": "too long", "hint": ""}
        ),
        "crashed: RuntimeError: no luck": (crash, {"id": "crash-zh", "crash": "RuntimeError: no luck"}),
        "crashed: the run has no answer to it": (never, {}),
    }, ask("part-zh", (one,), (("2016",),), [part], ranked)


@pytest.fixture
def evaluated(asked, hohhot):
    """What `page` takes: run, gold, rows, reports."""

    def of(pairs):
        gold = Gold("dev", tuple(question for question, _ in pairs), "g" * 64)
        run = Run(HEADER | {"gold": gold.sha256}, {q.id: record for q, record in pairs if record})
        return run, gold, score(run, gold, {hohhot.id: hohhot}), {hohhot.id: hohhot}

    return of


def test_why_a_question_failed_is_one_plain_line(asked, evaluated):
    run, gold, rows, reports = evaluated([*asked[0].values()])
    reasons = [
        why(q, row, run.rows.get(q.id, {}), reports[q.report]) for q, row in zip(gold.questions, rows, strict=True)
    ]
    assert reasons == [*asked[0]]


def test_a_sentence_quoted_only_in_part_says_so(asked, evaluated):
    run, gold, rows, reports = evaluated([asked[1]])
    record = run.rows["part-zh"]
    short = dict(record["answer"]["claims"][0]["citations"][0])
    short["end"] = short["start"] + 6
    record = record | {"answer": record["answer"] | {"claims": [{"text": short["quote"], "citations": [short]}]}}
    row = replace(rows[0], cited_correct=0.0)
    assert why(gold.questions[0], row, record, reports["hohhot-2021"]) == "ranked 2nd, quoted only in part"


class Page(HTMLParser):
    """Every tag of a page, its text, and whether each element that must be closed is."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.text = [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "input"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_every_question_is_on_the_page_with_its_reason(asked, evaluated):
    found = Page(page(*evaluated([*asked[0].values()])))
    assert found.open == []
    ids = [attrs["id"] for _, attrs in found.tags if attrs.get("id", "").startswith("q-")]
    assert ids == [f"q-{question.id}" for question, _ in asked[0].values()]
    assert all(reason in found.text for reason in asked[0])
    right = [attrs["data-right"] for tag, attrs in found.tags if attrs.get("class") == "question"]
    assert right == ["1"] + ["0"] * 9


def test_the_citation_is_marked_and_the_evidence_underlined(asked, evaluated):
    cited = [pair for pair in asked[0].values() if pair[0].id == "marks-zh"]
    text = page(*evaluated(cited))
    assert f"增强,<mark><sup>1</sup><u>{RESEARCH}</u></mark>农业" in text
    assert f"<u>{INDUSTRY}</u>" in text
    assert "not cited" not in text  # both stand in one paragraph
    assert re.search(r'title="yes">✓</b> <q lang="zh">全社会.*?ranked 2nd.*?title="no">✗</b> <q lang="zh">三次', text)


def test_hostile_text_is_escaped_wherever_it_is_shown(asked, evaluated):
    question, record = asked[0][""]
    answer = record["answer"]
    claim = answer["claims"][0] | {"text": HOSTILE}
    passages = [passage | {"text": HOSTILE, "sentence": HOSTILE} for passage in answer["passages"]]
    changes = {"claims": [claim], "passages": passages, "status": HOSTILE, "standalone_question": HOSTILE}
    hostile = replace(question, id=HOSTILE, question=HOSTILE, history=(HOSTILE,), answer=HOSTILE, nuggets=((HOSTILE,),))
    run, gold, rows, reports = evaluated([(hostile, record | {"answer": answer | changes})])
    run = Run(dict.fromkeys(("commit", "split", "index", "config", "model", "peak_memory_mb"), HOSTILE), run.rows)
    text = page(run, gold, rows, reports, [replace(rows[0], cited_correct=1.0)])
    found = Page(text)
    assert [tag for tag, _ in found.tags].count("script") == 1
    assert "alert" not in "".join(str(attrs) for tag, attrs in found.tags if tag not in ("div", "a"))
    assert found.text.count("<script>alert('x')</script>\"&gnp") >= 10
    assert "\u202e" not in text


def test_the_page_is_one_file_that_reaches_for_nothing(asked, evaluated):
    text = page(*evaluated([*asked[0].values()]))
    assert "http" not in re.sub("http-equiv", "", text)
    assert "@import" not in text
    assert not re.search(r'(src|href)="(?!#)|url\(', text)
    assert "default-src 'none'" in text


def test_what_changed_against_the_baseline(asked, evaluated):
    run, gold, rows, reports = evaluated([*asked[0].values()])
    before = {row.id: row for row in rows}
    before["right-zh"] = replace(before["right-zh"], cited_correct=0.0)
    before["nugget-zh"] = replace(before["nugget-zh"], cited_correct=1.0)
    del before["false-zh"]
    text = Page(page(run, gold, rows, reports, [*before.values()])).text
    assert "fixed (1): right-zhbroken (1): nugget-zh9 questions in both. McNemar's exact p = 1.000." in text
    assert "Against the baseline" not in page(run, gold, rows, reports)


def test_the_same_scores_give_the_same_page(asked, evaluated):
    inputs = evaluated([*asked[0].values()])
    assert page(*inputs, inputs[2]) == page(*inputs, inputs[2])


def test_a_run_that_answered_nothing_has_a_page(asked, evaluated):
    assert "<svg" not in page(*evaluated([asked[0]["crashed: the run has no answer to it"]]))
