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
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "drf_spectacular",
    "simple_history",
    "accounts",
    "tracked_objects",
    "activity",
    "sei_audit",
]

MIDDLEWARE = [
    "activity.middleware.RequestIdMiddleware",
    "sei_audit.headers.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    # Downloads compress themselves and are left alone.
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.own.sessions.SeenMiddleware",
    "accounts.pace.PaceMiddleware",
    "sei_audit.errors.BusyMiddleware",
    "accounts.api.authentication.KeyMiddleware",
    "accounts.api.rate.RateMiddleware",
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
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[SEI Activity Logs] "
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# Django's own: a link to reset a password is void once the password or the e-mail has changed.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
PASSWORD_RESET_TIMEOUT = 3600
# Tries, by client address (ip) or by what is tried (key; for passwords that is an e-mail and a client address).
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "20/m/ip,5/5m/key,20/h/key"}
# Counted in the database, so that it holds for all processes and after a restart.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_tries",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
# Refusals come at full steps of so many seconds, well above what the log's entry takes: see accounts/pace.py.
PACE = 0.25
SOCIALACCOUNT_ADAPTER = "accounts.sso.oidc.SsoAdapter"
# Identity providers are asked by https and outside of private networks, unless they stand in one.
SSO_PRIVATE_ADDRESSES = environment.flag("SEI_SSO_PRIVATE_ADDRESSES")
MFA_ADAPTER = "accounts.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# The code before and the one after count too: clocks of phones are not exact.
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "add_webauthn": "accounts.passkeys.Add",
    "edit_webauthn": "accounts.passkeys.Rename",
    "authenticate_webauthn": "accounts.passkeys.SecondStep",
    "login_webauthn": "accounts.passkeys.SignIn",
    "reauthenticate_webauthn": "accounts.passkeys.Reauthenticate",
}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"

# Requests that one API key, or one member at the API, may make in a minute; 0 is no limit.
API_RATE = environment.number("SEI_API_RATE", 600)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        f"accounts.api.authentication.{name}" for name in ("KeyAuthentication", "MemberSession")
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.allowed.Allowed"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "accounts.api.schema.AllBodies",
    "EXCEPTION_HANDLER": "accounts.api.problems.answer",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "SEI Activity Logs",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": r"/api/v1|/v2",
    "SORT_OPERATION_PARAMETERS": False,
    "POSTPROCESSING_HOOKS": ["sei_audit.api_docs.finish"],
}
# Mail goes to a server; on this machine alone, without one, it is shown where the app runs.
EMAIL_HOST = environment.text("EMAIL_HOST") or "localhost"
EMAIL_BACKEND = (
    f"django.core.mail.backends.{'smtp' if environment.text('EMAIL_HOST') or not LOCAL else 'console'}.EmailBackend"
)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = environment.text("EMAIL_USER"), environment.text("EMAIL_PASSWORD")
EMAIL_TLS = environment.flag("EMAIL_TLS", default=bool(EMAIL_HOST_USER))
EMAIL_PORT = environment.number("EMAIL_PORT", 587 if EMAIL_TLS else 25)
# Port 465 speaks TLS from the first byte, others after STARTTLS.
EMAIL_USE_SSL = EMAIL_TLS and EMAIL_PORT == 465
EMAIL_USE_TLS = EMAIL_TLS and not EMAIL_USE_SSL
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = environment.text("EMAIL_FROM") or "SEI Activity Logs <sei@localhost>"
# Whether pages offer what takes mail: resetting a password, changing an e-mail.
MAIL = LOCAL or bool(environment.text("EMAIL_HOST"))

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
SECURE_REFERRER_POLICY = SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
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
