import asyncio
import hashlib
import hmac

import pytest

from app.accounts import account_line, read_accounts
from corpus.errors import UsageError


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "accounts"
    file.write_text(
        f"# people\n\n{account_line('李明', '正确的密码一二三')}\n{account_line('ann', 'correct horse')}\n",
        encoding="utf-8",
    )
    return file


def test_only_the_right_password_of_a_known_user_holds(file):
    accounts = read_accounts(file)
    assert accounts.holds("李明", "正确的密码一二三") and accounts.holds("ann", "correct horse")
    assert not accounts.holds("ann", "correct horsf")
    assert not accounts.holds("ann", "")
    assert not accounts.holds("bob", "correct horse")
    assert not accounts.holds("", "")
    assert asyncio.run(accounts.check("ann", "correct horse")) is True
    assert asyncio.run(accounts.check("ann", "\ud800")) is False


def test_the_file_holds_no_password_and_no_two_hashes_alike(file):
    assert "horse" not in file.read_text(encoding="utf-8")
    assert account_line("ann", "correct horse") != account_line("ann", "correct horse")


def test_an_unknown_user_is_compared_like_a_known_one(file, monkeypatch):
    accounts = read_accounts(file)
    done = []
    scrypt, compare = hashlib.scrypt, hmac.compare_digest
    monkeypatch.setattr("hashlib.scrypt", lambda *a, **k: (done.append(k["n"]), scrypt(*a, **k))[1])
    monkeypatch.setattr("hmac.compare_digest", lambda *a: (done.append("compared"), compare(*a))[1])
    accounts.holds("ann", "wrong")
    accounts.holds("nobody", "wrong")
    assert done == [1 << 15, "compared"] * 2


@pytest.mark.parametrize(
    "text",
    [
        "ann:correct horse",
        "ann:scrypt$15$8$1$" + "A" * 22 + "==$short",
        "ann:scrypt$30$8$1$" + "A" * 22 + "==$" + "A" * 43 + "=",
        "a b:scrypt$15$8$1$" + "A" * 22 + "==$" + "A" * 43 + "=",
        ("ann:scrypt$15$8$1$" + "A" * 22 + "==$" + "A" * 43 + "=\n") * 2,
        "",
        "# nobody\n",
    ],
)
def test_a_bad_file_is_named(tmp_path, text):
    (tmp_path / "accounts").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"accounts .*(is no account|names nobody).*wenzheng passwd USER"):
        read_accounts(tmp_path / "accounts")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        read_accounts(tmp_path / "absent")


@pytest.mark.parametrize(
    ("user", "password"), [("a:b", "long enough"), ("a b", "long enough"), ("", "long enough"), ("ann", "short")]
)
def test_a_bad_account_is_refused(user, password):
    with pytest.raises(UsageError):
        account_line(user, password)
