"""The configuration, read by a process of its own from an environment made for it."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

ROOT = Path(__file__).parents[2]
STRONG = "k3y-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2
PRODUCTION = {
    "ALLOWED_HOSTS": "sei.example.com",
    "DATABASE_URL": "postgres://sei:s3cret@db.example.com/sei",
    "SECRET_KEY": STRONG,
}
PUBLIC = "sei-activity-log+0a1b2c3d+A" + "b" * 43
SHOW = """
import json
from sei_audit import settings
print(json.dumps({name: getattr(settings, name) for name in dir(settings) if name.isupper()}, default=str))
"""

Environment = dict[str, str]


def run(code: list[str], environment: Environment) -> subprocess.CompletedProcess[str]:
    clean = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "sei_audit.settings"}
    return subprocess.run(
        [sys.executable, *code], cwd=ROOT, env=clean | environment, capture_output=True, text=True, check=False
    )


def settings(environment: Environment) -> dict[str, Any]:
    done = run(["-c", SHOW], environment)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def refusal(environment: Environment) -> str:
    done = run(["-c", SHOW], environment)
    assert done.returncode == 1
    return done.stderr.splitlines()[-1]


@pytest.fixture
def data(tmp_path: Path) -> Environment:
    return {"SEI_DATA_DIR": str(tmp_path / "data")}


def test_without_anything_set_this_machine_can_try_it(data: Environment) -> None:
    found = settings(data)
    assert found["DATABASES"]["default"]["ENGINE"] == "sei_audit.embedded"
    assert found["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]
    assert not found["SESSION_COOKIE_SECURE"]


def test_the_key_of_a_trial_is_made_once_and_for_us_alone(data: Environment) -> None:
    assert settings(data)["SECRET_KEY"] == settings(data)["SECRET_KEY"]
    key = Path(data["SEI_DATA_DIR"]) / "secret_key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(key.read_text()) > 50


def test_production_is_strict(data: Environment) -> None:
    found = settings(PRODUCTION)
    assert found["SESSION_COOKIE_SECURE"]
    assert found["CSRF_COOKIE_SECURE"]
    assert found["SECURE_SSL_REDIRECT"]
    assert found["SECURE_HSTS_SECONDS"] > 0
    assert not found["DEBUG"]


def test_production_passes_the_deployment_check(data: Environment) -> None:
    done = run(["manage.py", "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is too weak"),
        ({"SECRET_KEY": "a" * 80}, "SECRET_KEY is too weak"),
        ({"SECRET_KEY": "django-insecure-" + STRONG}, "SECRET_KEY is too weak"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is not set"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name hosts"),
        ({"ALLOWED_HOSTS": "sei.example.com, *"}, "ALLOWED_HOSTS must name hosts"),
        ({"DEBUG": "1"}, "DEBUG is on"),
        ({"SEI_DEMO": "1"}, "demo's passwords"),
    ],
)
def test_production_refuses_what_is_unsafe_and_says_which(change: Environment, says: str) -> None:
    assert says in refusal(PRODUCTION | change)


def test_all_that_is_unsafe_is_said_at_once() -> None:
    said = refusal(PRODUCTION | {"SECRET_KEY": "", "ALLOWED_HOSTS": ""})
    assert "SECRET_KEY" in said
    assert "ALLOWED_HOSTS" in said


def test_other_hosts_make_it_production_even_with_the_embedded_database(data: Environment) -> None:
    assert "DEBUG is on" in refusal(data | {"ALLOWED_HOSTS": "sei.example.com", "DEBUG": "1"})
    assert settings(data | {"ALLOWED_HOSTS": "sei.example.com"})["SESSION_COOKIE_SECURE"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SEI_DEMO", "maybe"),
        ("SEI_HTTPS", "ture"),
        ("SEI_TRUSTED_PROXIES", "one"),
        ("SEI_TRUSTED_PROXIES", "-1"),
        ("SEI_STATEMENT_TIMEOUT", "1.5"),
        ("SEI_ENCRYPTION_KEYS", "too short"),
        ("SEI_CHECKPOINT_KEYS", "too short"),
        # Nothing can be signed with a public key.
        ("SEI_CHECKPOINT_KEYS", PUBLIC),
        ("SEI_CHECKPOINT_ENTRIES", "many"),
        ("SEI_CHECKPOINT_HOOK", "carrier pigeon"),
        ("SEI_CHECKPOINT_HOOK", "file:relative"),
        ("LOG_LEVEL", "loud"),
        ("SEI_LOG_FORMAT", "xml"),
        ("SEI_METRICS_TOKEN", "short"),
        ("DATABASE_URL", "sqlite:///db"),
        ("DATABASE_URL", "db.example.com"),
    ],
)
def test_a_value_that_cannot_be_right_is_refused_by_name(name: str, value: str) -> None:
    assert name in refusal(PRODUCTION | {name: value})


def test_a_bad_database_url_does_not_show_its_password() -> None:
    done = run(["manage.py", "check"], PRODUCTION | {"DATABASE_URL": "postgres://sei:s3cret@db:port/sei"})
    assert done.returncode == 1
    assert "DATABASE_URL" in done.stderr
    assert "s3cret" not in done.stderr


def test_a_data_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert f"SEI_DATA_DIR {tmp_path / 'file'}" in refusal({"SEI_DATA_DIR": str(tmp_path / "file")})


def test_several_encryption_keys_are_kept_in_order(data: Environment) -> None:
    keys = [Fernet.generate_key().decode() for _ in range(2)]
    assert settings(data | {"SEI_ENCRYPTION_KEYS": ",".join(keys)})["ENCRYPTION_KEYS"] == keys


def test_checkpoints_are_signed_with_a_key_made_here_or_with_those_of_the_environment(data: Environment) -> None:
    (made,) = settings(data)["CHECKPOINT_KEYS"]
    assert settings(data)["CHECKPOINT_KEYS"] == [made]
    key = Path(data["SEI_DATA_DIR"]) / "checkpoint_key"
    assert (key.read_text(), stat.S_IMODE(key.stat().st_mode)) == (made, 0o600)
    assert settings(PRODUCTION)["CHECKPOINT_KEYS"] == []
    assert settings(PRODUCTION | {"SEI_CHECKPOINT_KEYS": f"{made}, {PUBLIC}"})["CHECKPOINT_KEYS"] == [made, PUBLIC]


def test_pages_have_a_time_limit_in_the_database_and_commands_have_none(data: Environment) -> None:
    unlimited = settings(PRODUCTION)["DATABASES"]["default"]
    assert "timeout" not in unlimited["OPTIONS"]["options"]
    limited = settings(PRODUCTION | {"SEI_STATEMENT_TIMEOUT": "60"})["DATABASES"]["default"]
    assert "statement_timeout=60s" in limited["OPTIONS"]["options"]


def test_the_command_line_says_it_in_one_line(data: Environment) -> None:
    done = run(["manage.py", "check"], PRODUCTION | {"SECRET_KEY": ""})
    assert done.returncode == 1
    assert done.stderr == "Refusing to start in production. SECRET_KEY is not set.\n"


def test_mail_is_shown_on_this_machine_until_there_is_a_server_for_it(data: Environment) -> None:
    assert settings(data)["EMAIL_BACKEND"].endswith("console.EmailBackend")
    assert settings(data | {"EMAIL_HOST": "mail.example.com"})["EMAIL_BACKEND"].endswith("smtp.EmailBackend")


@pytest.mark.parametrize(
    ("given", "port", "starttls", "tls"),
    [
        ({}, 25, False, False),
        ({"EMAIL_USER": "sei", "EMAIL_PASSWORD": "s3cret"}, 587, True, False),
        ({"EMAIL_TLS": "1", "EMAIL_PORT": "465"}, 465, False, True),
        ({"EMAIL_USER": "sei", "EMAIL_TLS": "0"}, 25, False, False),
    ],
)
def test_a_password_for_mail_goes_by_tls_unless_told_otherwise(
    data: Environment, given: Environment, port: int, starttls: bool, tls: bool
) -> None:
    found = settings(data | {"EMAIL_HOST": "mail.example.com", "EMAIL_FROM": "SEI <sei@example.com>"} | given)
    assert (found["EMAIL_PORT"], found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (port, starttls, tls)
    assert found["DEFAULT_FROM_EMAIL"] == "SEI <sei@example.com>"


def test_production_never_shows_mail_in_place_of_sending_it() -> None:
    assert settings(PRODUCTION)["EMAIL_BACKEND"].endswith("smtp.EmailBackend")


def test_the_log_is_for_programs_in_production_and_for_people_on_this_machine(data: Environment) -> None:
    assert settings(PRODUCTION)["LOG_FORMAT"] == "json"
    assert settings(data)["LOG_FORMAT"] == "text"
    assert settings(PRODUCTION | {"SEI_LOG_FORMAT": "text"})["LOG_FORMAT"] == "text"


def test_a_database_that_does_not_answer_is_not_waited_for_long() -> None:
    url = PRODUCTION["DATABASE_URL"]
    for given, expected in ((url, 10), (f"{url}?connect_timeout=3", 3)):
        options = settings(PRODUCTION | {"DATABASE_URL": given})["DATABASES"]["default"]["OPTIONS"]
        assert int(options["connect_timeout"]) == expected
