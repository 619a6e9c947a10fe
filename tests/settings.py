"""The app's own settings, with values of our own where the environment could have any."""

import os
from pathlib import Path

os.environ |= {
    "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
    "DEBUG": "0",
    "SEI_CHECKPOINT_ENTRIES": "1000",
    "SEI_CHECKPOINT_HOOK": "",
    "SEI_CHECKPOINT_KEYS": "b25seS1mb3ItdGVzdHMtMDEyMzQ1Njc4OWFiY2RlZjA=",
    "SEI_CHECKPOINT_MINUTES": "60",
    "SECRET_KEY": "only-for-tests-" + "0123456789abcdef" * 4,
    "SEI_HTTPS": "0",
    "SEI_TRUSTED_PROXIES": "0",
}
os.environ.setdefault("SEI_DATA_DIR", str(Path(__file__).parent.parent / ".data" / "tests"))

from sei_audit.settings import *  # noqa: F403
from sei_audit.settings import DATABASES

# A name of its own for each run: two at once, on one server, must not meet.
DATABASES["default"]["TEST"] = {"NAME": f"test_sei_{os.getpid()}"}
# Threads of live servers leave no connection behind.
DATABASES["default"]["CONN_MAX_AGE"] = 0
# Mail is kept by pytest-django; and refusals needn't wait to be alike.
MAIL = True
PACE = 0
# The identity provider of the tests is on this machine.
SSO_PRIVATE_ADDRESSES = True
# Argon2 is slow on purpose, which nothing here is about.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
