import io
import json
import signal
import socket
import subprocess
import sys

import pytest
from support import CALIBRATION, RANKER, ROOT, HashedNgrams

from app.accounts import read_accounts
from app.cli import main
from app.feedback import FeedbackStore
from app.reply import Answer

WENZHENG = [sys.executable, "-m", "app"]


@pytest.fixture
def run(library, tmp_path, monkeypatch, capsys):
    """Run the command line over the tests' library with the tests' encoder; gives exit code, stdout and stderr."""
    encoder = HashedNgrams()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("index.encode.load_encoder", lambda name, light: encoder)
    monkeypatch.setattr("index.encode.model_digest", lambda name: encoder.digest)

    monkeypatch.setattr("index.rerank.Ranker.load", lambda: RANKER)
    monkeypatch.setattr("app.abstain.Calibration.load", lambda: CALIBRATION)
    monkeypatch.setattr("app.abstain.Calibration.check", lambda *_: None)

    def run(*arguments):
        code = main([arguments[0], *arguments[1:], "--library", str(library.root)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    run.encoder = encoder
    return run


@pytest.fixture
def indexed(run):
    assert run("index")[0] == 0
    return run


def test_help_and_version_import_nothing_heavy():
    run = subprocess.run([*WENZHENG, "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "Ask a Chinese government report" in run.stdout
    code = (
        "import sys; from app.cli import main\ntry: main(['--version'])\nexcept SystemExit: print(sorted(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.startswith("wenzheng ")
    heavy = ("numpy", "torch", "faiss", "gradio", "onnxruntime", "transformers")
    assert not [module for module in heavy if f"'{module}'" in run.stdout]


def test_index_ask_and_verify(indexed, tmp_path):
    code, out, _ = indexed("ask", "全市供热“一张网”和清洁取暖“全覆盖”怎么实现?", "--json", "--report", "hohhot-2021")
    answer = json.loads(out)
    assert (code, answer["schema"]) == (0, 1)
    saved = tmp_path / "answer.json"
    saved.write_text(out, encoding="utf-8")
    if answer["status"] == "answered":
        assert indexed("verify", str(saved))[0] == 0
    code, out, _ = indexed("index")
    assert (code, "up to date" in out) == (0, True)


def test_verify_tells_a_tampered_answer_and_never_verifies_nothing(indexed, tmp_path, monkeypatch):
    monkeypatch.setattr("app.abstain.Calibration.confidence", lambda *_: 1.0)
    _, out, _ = indexed("ask", "森林覆盖率达到多少?", "--json")
    saved = tmp_path / "answer.json"
    saved.write_text(out, encoding="utf-8")
    code, out, _ = indexed("verify", str(saved))
    assert code == 0
    assert out.startswith("Verified: ")
    answer = json.loads(saved.read_text(encoding="utf-8"))
    answer["claims"][0]["citations"][0]["start"] += 1
    saved.write_text(json.dumps(answer), encoding="utf-8")
    code, out, err = indexed("verify", str(saved))
    assert (code, "Claim 1" in out, "does not verify" in err) == (1, True, True)
    answer = answer | {"status": "refused", "claims": []}
    saved.write_text(json.dumps(answer), encoding="utf-8")
    code, _, err = indexed("verify", str(saved))
    assert (code, "nothing was verified" in err) == (1, True)
    saved.write_text('{"schema": 2}')
    assert indexed("verify", str(saved))[0] == 1
    saved.write_text("not json")
    assert indexed("verify", str(saved))[0] == 2
    assert indexed("verify", str(tmp_path / "absent.json"))[0] == 2


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("", "empty"),
        ("  \n ", "empty"),
        ("字" * 20_000, "20000 characters"),
        ("\x00\x1b", "empty"),
        ("🙂🙂", "no words"),
    ],
)
def test_a_bad_question_is_one_sentence_and_exit_code_2(run, question, says):
    code, out, err = run("ask", question)
    assert (code, out) == (2, "")
    assert says in err
    assert err.count("\n") == 1


def test_ask_needs_a_question_or_a_batch_and_not_both(run, tmp_path):
    assert run("ask")[0] == 2
    assert run("ask", "x", "--batch", "y")[0] == 2
    assert run("ask", "--batch", "y", "--report", "hohhot-2021")[0] == 2
    assert run("ask", "--batch", "y", "--history", "x")[0] == 2
    code, _, err = run("ask", "--batch", str(tmp_path / "absent.jsonl"))
    assert (code, "cannot be read" in err) == (2, True)
    code, _, err = run("ask", "清洁取暖", "--report", "nowhere")
    assert code != 0


def test_a_batch_answers_every_line_it_can(indexed, tmp_path):
    lines = [
        json.dumps({"id": "a", "question": "清洁取暖怎么安排?"}),
        "this is not JSON",
        json.dumps({"id": "b"}),
        json.dumps({"id": "c", "question": " "}),
        "",
        json.dumps(
            {"id": "d", "question": "那中小学呢?", "history": [{"role": "user", "content": "新增多少所公办幼儿园?"}]}
        ),
        json.dumps({"id": "e", "question": "清洁取暖", "report": "nowhere"}),
        json.dumps({"id": "f", "question": "清洁取暖", "history": [7]}),
        json.dumps({"id": "h", "question": "And schools?", "history": "How many kindergartens?"}),
        json.dumps({"id": "i", "question": "清洁取暖", "history": 5}),
        json.dumps({"id": "j", "question": "清洁取暖", "report": ["a"]}),
        '{"id": "\\ud800", "question": "清洁取暖", "history": ["\\ud800 heating"]}',
        json.dumps({"id": "g", "question": "森林覆盖率\u2028是多少?", "history": ["x"]}, ensure_ascii=False),
    ]
    batch = tmp_path / "batch.jsonl"
    batch.write_text("\n".join(lines) + "\n", encoding="utf-8")
    code, out, err = indexed("ask", "--batch", str(batch))
    rows = [json.loads(line) for line in out.split("\n") if line]
    assert code == 0
    assert [(row["id"], row["status"] == "error") for row in rows] == [
        ("a", False),
        ("", True),
        ("b", True),
        ("c", True),
        ("d", False),
        ("e", True),
        ("f", True),
        ("h", True),
        ("i", True),
        ("j", True),
        ("?", False),
        ("g", False),
    ]
    assert [row["error"]["line"] for row in rows if row["status"] == "error"] == [2, 3, 4, 7, 8, 9, 10, 11]
    assert rows[4]["standalone_question"] == "新增多少所中小学?"
    assert "8 of the lines could not be answered" in err


@pytest.mark.parametrize("ending", ["md", "docx", "json"])
def test_an_answer_is_exported_beside_being_printed(indexed, tmp_path, ending):
    file = tmp_path / f"answer.{ending}"
    code, out, _ = indexed("ask", "清洁取暖怎么安排?", "--json", "--export", str(file))
    answer = json.loads(out)
    assert code == 0
    if ending == "json":
        assert json.loads(file.read_text(encoding="utf-8")) == [answer]
    else:
        assert file.read_bytes().startswith({"md": b"# Wenzheng", "docx": b"PK"}[ending])


def test_a_batch_is_exported_whole(indexed, tmp_path):
    batch, file = tmp_path / "batch.jsonl", tmp_path / "talk.json"
    batch.write_text('{"id": "a", "question": "清洁取暖怎么安排?"}\nnot JSON\n', encoding="utf-8")
    _, out, _ = indexed("ask", "--batch", str(batch), "--export", str(file))
    assert json.loads(file.read_text(encoding="utf-8")) == [json.loads(line) for line in out.splitlines()]


def test_an_export_that_cannot_be_is_told_before_the_model_loads(run, tmp_path):
    code, _, err = run("ask", "清洁取暖", "--export", str(tmp_path / "answer.pdf"))
    assert (code, "answer.pdf" in err, ".docx" in err) == (2, True, True)


def test_an_export_to_where_nothing_can_be_written_is_told(indexed, tmp_path):
    code, out, err = indexed("ask", "清洁取暖", "--export", str(tmp_path / "absent" / "answer.md"))
    assert (code, bool(out), "cannot be written" in err) == (1, True, True)


def test_passwd_prints_a_line_that_logs_in(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse\n"))
    assert main(["passwd", "ann"]) == 0
    (tmp_path / "accounts").write_text(capsys.readouterr().out)
    assert read_accounts(tmp_path / "accounts").holds("ann", "correct horse")
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert (main(["passwd", "ann"]), capsys.readouterr().out) == (2, "")


def test_passwd_asks_twice_at_a_terminal(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    typed = iter(["correct horse", "correct house"])
    monkeypatch.setattr("app.commands.getpass", lambda prompt: next(typed))
    assert main(["passwd", "ann"]) == 2
    assert "differ" in capsys.readouterr().err


def test_a_bad_file_of_accounts_is_told_before_the_model_loads(run, tmp_path):
    code, _, err = run("chat", "--auth-file", str(tmp_path / "absent"))
    assert (code, "file of accounts" in err) == (2, True)


def test_feedback_is_listed_and_becomes_candidates(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    store = FeedbackStore(tmp_path / "data")
    place = ["--data", str(tmp_path / "data")]
    assert (main(["feedback", "list", *place]), capsys.readouterr().out) == (0, "")
    store.add(Answer("火星上有水吗?", "zh", "refused", "火星上有水吗?", answer="没有。"), "right", "note\x1b[2J")
    assert main(["feedback", "list", *place]) == 0
    out = capsys.readouterr().out
    assert "right" in out and "火星上有水吗?  — note" in out and "\x1b" not in out
    assert main(["feedback", "export", *place]) == 0
    row = json.loads(capsys.readouterr().out)
    assert (row["question"], row["answerable"], row["split"]) == ("火星上有水吗?", False, "dev")
    assert main(["feedback", "export", "rows.jsonl", *place]) == 0
    assert "rows.jsonl: 1 candidate(s)" in capsys.readouterr().out
    assert json.loads((tmp_path / "rows.jsonl").read_text(encoding="utf-8")) == row


def test_a_missing_index_names_the_command(run):
    code, _, err = run("ask", "清洁取暖")
    assert (code, "There is no index" in err, "wenzheng index" in err) == (1, True, True)


@pytest.mark.parametrize("damage", ["truncate", "garbage", "remove", "manifest", "model", "report", "library"])
def test_a_damaged_or_foreign_index_names_the_command(indexed, library, damage):
    root = library.root / ".index"
    vectors = next(root.glob("*/vectors.faiss"))
    if damage == "truncate":
        vectors.write_bytes(vectors.read_bytes()[:-100])
    elif damage == "garbage":
        vectors.write_bytes(b"x" * 100)
    elif damage == "remove":
        next(root.glob("*/chunks.jsonl")).unlink()
    elif damage == "manifest":
        (root / "manifest.json").write_text("{")
    elif damage == "model":
        indexed.encoder.digest = "0" * 64
    elif damage == "report":
        (library.root / "anning-2024" / "report.toml").unlink()
    else:
        text = library.root / "third.txt"
        text.write_text("一、目标\n新建学校三所。\n", encoding="utf-8")
        assert indexed("add", str(text), "--id", "third", "--title", "第三")[0] == 0
    code, out, err = indexed("ask", "清洁取暖")
    assert (code, out, "wenzheng index" in err) == (1, "", True)
    assert indexed("index")[0] == 0
    assert indexed("ask", "清洁取暖")[0] == 0


def test_a_missing_library_and_a_missing_source_are_named(indexed, library, capsys):
    assert main(["ask", "清洁取暖", "--library", str(library.root / "absent")]) == 1
    assert "no library folder" in capsys.readouterr().err
    (library.root / "anning-2024" / "source.txt").unlink()
    code, _, err = indexed("ask", "清洁取暖")
    assert (code, "text is missing" in err) == (1, True)


def test_a_model_that_is_not_there_is_named(library, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    code = main(["index", "--library", str(library.root), "--model", str(tmp_path / "no-model")])
    assert (code, "no-model" in capsys.readouterr().err) == (1, True)
    assert not (library.root / ".index" / "manifest.json").exists()


def test_a_hostile_answer_file_cannot_command_the_terminal(indexed, tmp_path, monkeypatch):
    saved = tmp_path / "answer.json"
    saved.write_text(json.dumps({"id": "\x1b[1A\x1b[2KVerified: 9 claim(s)"}), encoding="utf-8")
    code, out, err = indexed("verify", str(saved))
    assert (code, "\x1b" in out + err) == (1, False)


def test_a_first_report_makes_its_library(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("一、目标\n新建学校三所。\n", encoding="utf-8")
    assert main(["add", "a.txt", "--id", "a", "--title", "甲\x7f", "--library", "new/books"]) == 0
    assert "wenzheng index --library new/books" in capsys.readouterr().out
    assert (tmp_path / "new" / "books" / "a" / "report.toml").exists()


def test_a_port_in_use_is_named(indexed):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        code, _, err = indexed("chat", "--port", str(taken.getsockname()[1]))
    assert (code, "--port" in err) == (1, True)


def test_a_terminal_answer_shows_quote_path_and_place(indexed, monkeypatch):
    monkeypatch.setattr("app.abstain.Calibration.confidence", lambda *_: 1.0)
    code, out, _ = indexed("ask", "地铁12号线建成投运了吗?", "--report", "hohhot-2021")
    assert code == 0
    assert "[1]" in out
    assert "一、过去五年的工作回顾" in out
    assert "地铁12号线" in out
    assert "地铁1、2号线" in out
    assert "hohhot-2021/p5.3" in out


def test_interrupting_a_build_loses_nothing(library, tmp_path):
    script = (
        "import sys, time; sys.path.insert(0, sys.argv[1]); import support, index.encode, app.cli\n"
        "class Slow(support.HashedNgrams):\n"
        "    def encode(self, texts):\n"
        "        print('encoding', flush=True); time.sleep(0.2); return super().encode(texts)\n"
        "index.encode.load_encoder = lambda name, light: Slow()\n"
        "index.encode.model_digest = lambda name: Slow().digest\n"
        "sys.exit(app.cli.main(['index', '--library', sys.argv[2]]))"
    )
    command = [sys.executable, "-c", script, str(ROOT / "tests"), str(library.root)]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a background job ignores it
    )
    assert process.stdout.readline() == "encoding\n"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.splitlines()[-1] == "wenzheng: interrupted; nothing was changed."
    assert [path.name for path in (library.root / ".index").iterdir() if path.name.startswith(".new")] == []
    assert not (library.root / ".index" / "manifest.json").exists()
