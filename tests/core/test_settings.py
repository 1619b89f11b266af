"""Settings: what is wrong stops the start, in one sentence per fault and without the value."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from app.core.keys import check_p256, kept_p256, new_p256
from app.core.settings import SettingsError, load_settings

SAFE = {
    "IMI_MODE": "production",
    "IMI_SIGNING_KEY": new_p256(),
    "IMI_PUBLIC_URL": "https://calls.example",
    "IMI_SMTP_URL": "smtp://mail:hidden-word@relay",
    "DATABASE_URL": "postgresql://owner:hidden-word@db/imi",
}


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [n for n in os.environ if n.startswith("IMI_") or n.endswith("DATABASE_URL")]:
        monkeypatch.delenv(name)


def refusal(monkeypatch: pytest.MonkeyPatch, **variables: str | None) -> list[str]:
    for name, value in variables.items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    return str(caught.value).splitlines()


def pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def test_nothing_set_is_development_on_this_machine_alone() -> None:
    settings = load_settings()
    assert (settings.mode, settings.host, settings.port) == ("development", "127.0.0.1", 8000)
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.files_url == (settings.data_dir / "files").as_uri()
    assert (settings.body_limit, settings.upload_limit) == (1048576, 52428800)


def test_overrides_win(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMI_PORT", "9000")
    monkeypatch.setenv("DATABASE_URL", "postgresql://a/b")
    settings = load_settings(port=9001, database_url="postgresql://c/d")
    assert (settings.port, settings.database_url) == (9001, "postgresql://c/d")


def test_a_safe_production_starts_and_shows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SAFE.items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    assert settings.production
    assert settings.key == SAFE["IMI_SIGNING_KEY"]
    assert "hidden-word" not in repr(settings)
    assert "PRIVATE KEY" not in repr(settings)


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        (
            {"IMI_SIGNING_KEY": None},
            "IMI_SIGNING_KEY is missing: production needs a private key (PEM, P-256).",
        ),
        (
            {"IMI_SIGNING_KEY": "secret"},
            "IMI_SIGNING_KEY cannot be read as an unencrypted private key in PEM form.",
        ),
        (
            {"IMI_SIGNING_KEY": pem(ec.generate_private_key(ec.SECP384R1()))},
            "IMI_SIGNING_KEY is not an elliptic-curve key on P-256.",
        ),
        (
            {"IMI_SIGNING_KEY": pem(rsa.generate_private_key(65537, 2048))},
            "IMI_SIGNING_KEY is not an elliptic-curve key on P-256.",
        ),
        (
            {"DATABASE_URL": None},
            "DATABASE_URL is missing: production does not run on the embedded PostgreSQL.",
        ),
        (
            {"IMI_REHEARSAL": "true"},
            "IMI_REHEARSAL is on: production does not run in rehearsal mode.",
        ),
        (
            {"IMI_SMTP_URL": None},
            "IMI_SMTP_URL is missing: production does not count letters as sent without sending them.",
        ),
        (
            {"IMI_PUBLIC_URL": "http://calls.example"},
            "IMI_PUBLIC_URL must start with https:// in production.",
        ),
    ],
)
def test_production_refuses(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str | None], sentence: str
) -> None:
    assert refusal(monkeypatch, **(SAFE | variables)) == [sentence]


def test_every_fault_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(monkeypatch, IMI_MODE="production") == [
        "IMI_SIGNING_KEY is missing: production needs a private key (PEM, P-256).",
        "DATABASE_URL is missing: production does not run on the embedded PostgreSQL.",
        "IMI_SMTP_URL is missing: production does not count letters as sent without sending them.",
        "IMI_PUBLIC_URL must start with https:// in production.",
    ]


def test_a_wrong_value_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    said = refusal(monkeypatch, IMI_PORT="hidden-word", IMI_MODE="hidden-word")
    assert said == [
        "IMI_MODE is wrong: input should be 'development' or 'production'.",
        "IMI_PORT is wrong: input should be a valid integer, unable to parse string as an integer.",
    ]


def test_a_misspelt_name_does_not_start_development(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(monkeypatch, IMI_MODUS="production") == [
        "IMI_MODUS is not a setting; did you mean IMI_MODE?"
    ]
    assert refusal(monkeypatch, IMI_MODUS=None, IMI_DATABASE_URL="postgresql://a/b") == [
        "IMI_DATABASE_URL is not a setting; did you mean DATABASE_URL?"
    ]


def test_a_second_login_needs_a_first(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(monkeypatch, APP_DATABASE_URL="postgresql://a/b") == [
        "APP_DATABASE_URL is set without DATABASE_URL."
    ]


def test_the_key_of_development_is_made_once_and_closed(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    key = load_settings(data_dir=folder).key
    check_p256(key)
    assert load_settings(data_dir=folder).key == key
    assert stat.S_IMODE((folder / "signing-key.pem").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_two_starts_at_once_keep_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(kept_p256, [tmp_path / "key.pem"] * 8))
    assert len(keys) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["key.pem"]


def test_a_broken_kept_key_is_told(tmp_path: Path) -> None:
    (tmp_path / "signing-key.pem").write_text("broken")
    with pytest.raises(SettingsError, match=r"^The key in .* cannot be used; delete it"):
        _ = load_settings(data_dir=tmp_path).key


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_another_users_folder_is_refused(tmp_path: Path) -> None:
    os.chown(tmp_path, 65534, 65534)
    with pytest.raises(SettingsError, match="belongs to another user; set IMI_DATA_DIR"):
        _ = load_settings(data_dir=tmp_path).key
