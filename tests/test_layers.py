import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LAYERS = ("corpus", "index", "app", "eval")
MODULES = [path for layer in LAYERS for path in sorted((ROOT / layer).rglob("*.py"))]
INSTANT = (
    "app/cli.py",
    "app/commands.py",
    "app/settings.py",
    "corpus/errors.py",
    "corpus/library.py",
    "app/__main__.py",
)
HEAVY = {
    "torch",
    "transformers",
    "sentence_transformers",
    "gradio",
    "faiss",
    "langchain_text_splitters",
    "bm25s",
    "numpy",
}


def imports(path, top_only=False):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = tree.body if top_only else ast.walk(tree)
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_run_from_corpus_to_eval(path):
    own = LAYERS.index(path.relative_to(ROOT).parts[0])
    for name in imports(path):
        first = name.split(".")[0]
        assert first != "tests"
        assert first not in LAYERS or LAYERS.index(first) <= own, f"{name} stands to the right of {LAYERS[own]}"


@pytest.mark.parametrize("name", INSTANT)
def test_what_help_needs_imports_nothing_heavy(name):
    assert not HEAVY & {module.split(".")[0] for module in imports(ROOT / name, top_only=True)}


def test_one_file_reads_the_environment():
    readers = {
        path.relative_to(ROOT).as_posix()
        for path in MODULES
        if "os.environ" in path.read_text(encoding="utf-8") or "getenv" in path.read_text(encoding="utf-8")
    }
    # chat, cross and encode only set what keeps libraries offline and closed.
    assert readers == {"app/settings.py", "app/chat.py", "index/cross.py", "index/encode.py"}
