from pathlib import Path

import pytest

from app.settings import Settings, load
from corpus.errors import UsageError


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("LIBRARY", "INDEX", "MODEL", "LANGUAGE", "HOST", "PORT", "DATA"):
        monkeypatch.delenv(f"WENZHENG_{name}", raising=False)


def test_defaults_work_and_the_index_stands_in_the_library():
    assert load({}) == Settings()
    assert Settings(library=Path("books")).index_dir == Path("books/.index")
    assert Settings(index=Path("elsewhere")).index_dir == Path("elsewhere")


def test_what_the_user_leaves_behind_stands_among_the_users_data(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert load({}).data_dir == tmp_path / ".local" / "share" / "wenzheng"
    monkeypatch.setenv("XDG_DATA_HOME", "relative/is/invalid")
    assert load({}).data_dir == tmp_path / ".local" / "share" / "wenzheng"
    monkeypatch.setenv("XDG_DATA_HOME", "/srv/data")
    assert load({}).data_dir == Path("/srv/data/wenzheng")
    monkeypatch.setenv("WENZHENG_DATA", "~/mine")
    assert load({}).data_dir == tmp_path / "mine"


def test_the_command_line_beats_the_environment_beats_the_file(tmp_path, monkeypatch):
    (tmp_path / "wenzheng.toml").write_text('port = 1\nlanguage = "zh"\nmodel = "a/b"\n')
    assert (load({}).port, load({}).language, load({}).model) == (1, "zh", "a/b")
    monkeypatch.setenv("WENZHENG_PORT", "2")
    monkeypatch.setenv("WENZHENG_LANGUAGE", "en")
    assert (load({}).port, load({}).language) == (2, "en")
    assert (load({"port": "3", "language": None}).port, load({"language": None}).language) == (3, "en")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("colour = 1\n", "Unknown setting 'colour'"),
        ("port = 70000\n", "port 70000"),
        ('port = "x"\n', "port 'x'"),
        ('language = "fr"\n', "language 'fr'"),
        ("library = 5\n", "library 5"),
        ("port = \n", "cannot be read"),
    ],
)
def test_a_bad_file_is_named(tmp_path, text, says):
    file = tmp_path / "mine.toml"
    file.write_text(text)
    with pytest.raises(UsageError, match=says) as caught:
        load({}, file)
    assert str(file) in caught.value.message


def test_a_named_file_must_exist(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        load({}, tmp_path / "absent.toml")
