"""All settings, read from the environment (see the README's configuration table)."""

from pathlib import Path

from cryptography.fernet import Fernet
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from sei_audit import environment
from sei_audit.languages import compiled

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(environment.text("SEI_DATA_DIR") or BASE_DIR / ".data").expanduser().resolve()

DEBUG = environment.flag("DEBUG")
DEMO = environment.flag("SEI_DEMO")
DATABASE_URL = environment.text("DATABASE_URL")
SECRET_KEY = environment.text("SECRET_KEY")
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS")

# A trial on this machine, or production: whatever other machines can reach, and whatever has a server of its own.
LOCAL = set(ALLOWED_HOSTS) <= set(environment.LOCAL_HOSTS) and (DEBUG or DEMO or not DATABASE_URL)
if not SECRET_KEY and (LOCAL or not DATABASE_URL):
    SECRET_KEY = environment.local_key(DATA_DIR, "secret_key")
if LOCAL:
    ALLOWED_HOSTS = ALLOWED_HOSTS or environment.LOCAL_HOSTS
elif problems := environment.unsafe_values(SECRET_KEY, ALLOWED_HOSTS, DEBUG, DEMO):
    raise ImproperlyConfigured("Refusing to start in production. " + " ".join(problems))
CSRF_TRUSTED_ORIGINS = environment.words("CSRF_TRUSTED_ORIGINS")

# Keys for what is encrypted at rest, newest first; older ones still decrypt. Derived from SECRET_KEY when unset.
ENCRYPTION_KEYS = environment.encryption_keys("SEI_ENCRYPTION_KEYS")
# Keyed fingerprints of secrets stay comparable only as long as this key stays the same.
FINGERPRINT_KEY = environment.text("SEI_FINGERPRINT_KEY") or SECRET_KEY
# Keys that sign checkpoints of the log, newest first. Without one, a server of its own makes none.
CHECKPOINT_KEYS = environment.signing_keys("SEI_CHECKPOINT_KEYS")
if not CHECKPOINT_KEYS and (LOCAL or not DATABASE_URL):
    CHECKPOINT_KEYS = [environment.local_key(DATA_DIR, "checkpoint_key", lambda: Fernet.generate_key().decode())]
# How many entries or minutes make a checkpoint due; 0 leaves one of the two out.
CHECKPOINT_ENTRIES = environment.number("SEI_CHECKPOINT_ENTRIES", 1000)
CHECKPOINT_MINUTES = environment.number("SEI_CHECKPOINT_MINUTES", 60)
CHECKPOINT_HOOK = environment.hook("SEI_CHECKPOINT_HOOK")
# How many proxies in front of the app append to X-Forwarded-For; 0 ignores the header.
TRUSTED_PROXIES = environment.number("SEI_TRUSTED_PROXIES", 0)

# Seconds that one SQL statement may take; 0 is no limit. Pages have one (manage.py, wsgi.py), commands don't.
STATEMENT_TIMEOUT = environment.number("SEI_STATEMENT_TIMEOUT", 0)
DATABASES = {
    "default": {
        **(
            environment.database(DATABASE_URL) if DATABASE_URL else {"ENGINE": "sei_audit.embedded", "NAME": "postgres"}
        ),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
}
# Each query here reads few rows: to compile it, or to start workers for it, takes longer than to run it. The memory is
# for finding words: with too little, PostgreSQL remembers pages in place of rows, and makes words of all their entries.
_SESSION = "-c jit=off -c max_parallel_workers_per_gather=0 -c work_mem=64MB"
if STATEMENT_TIMEOUT:
    _SESSION += (
        f" -c statement_timeout={STATEMENT_TIMEOUT}s -c lock_timeout={STATEMENT_TIMEOUT}s"
        " -c idle_in_transaction_session_timeout=15min"
    )
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", _SESSION)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "whitenoise.runserver_nostatic",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "csp",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "simple_history",
    "accounts",
    "tracked_objects",
    "activity",
    "sei_audit",
]

MIDDLEWARE = [
    "activity.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    # Downloads compress themselves and are left alone.
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "sei_audit.errors.BusyMiddleware",
    "accounts.guard.GuardMiddleware",
    "activity.refusals.RefusedExportMiddleware",
    "activity.middleware.RecordingMiddleware",
]

ROOT_URLCONF = "sei_audit.urls"
WSGI_APPLICATION = "sei_audit.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "activity.preferences.preferences",
                "sei_audit.navigation.navigation",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
DJANGO_TABLES2_TEMPLATE = "components/table.html"

AUTH_USER_MODEL = "accounts.User"
# The constraint one_user_per_email makes e-mails unique whatever their case; the check only knows unique=True.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
ACCOUNT_ADAPTER = "sei_audit.adapter.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "10/m/ip,5/300s/key"}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"

SIMPLE_HISTORY_DATE_INDEX = False
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True

# The form of a team sends a field for each member.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

# The language of the log, and of pages whose reader asks for none of these.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
# One of the reader's preferences (activity/preferences.py); without one, what their browser asks for.
LANGUAGE_COOKIE_NAME = "language"
LOCALE_PATHS = [BASE_DIR / "locale", compiled(BASE_DIR / "locale")]
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False

HTTPS = environment.flag("SEI_HTTPS", default=not LOCAL)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
if environment.flag("SEI_TLS_AT_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "sei_audit.logs.OneLine"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    # Scanners ask for other hosts all day; the answer is a page that says what to do.
    "loggers": {"django.security.DisallowedHost": {"level": "CRITICAL"}},
    "root": {"handlers": ["console"], "level": environment.choice("LOG_LEVEL", "INFO", environment.LOG_LEVELS)},
}
