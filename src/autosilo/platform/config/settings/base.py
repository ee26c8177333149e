"""Settings. Secrets and addresses come from the environment; nothing here is secret."""

import json
import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from autosilo.platform.resources.signin import logins

PLATFORM = Path(__file__).resolve().parents[2]
CHECKOUT = PLATFORM.parents[2]
HOME = Path(os.environ.get("AUTOSILO_HOME", CHECKOUT / "var"))
SITES_DIR = Path(os.environ.get("AUTOSILO_SITES", CHECKOUT / "sites"))

# Demo mode adds a clock that an operator can move, shown demo logins and a mail folder. Never in production.
DEMO = os.environ.get("AUTOSILO_DEMO") == "1"
DEBUG = False
WEB_URL = os.environ.get("AUTOSILO_WEB_URL", "http://127.0.0.1:8000")
HTTPS = WEB_URL.startswith("https://")
if DEMO and urlsplit(WEB_URL).hostname not in {"127.0.0.1", "localhost", "::1"}:
    raise ImproperlyConfigured("demo mode (AUTOSILO_DEMO=1) is served on loopback only; AUTOSILO_WEB_URL is " + WEB_URL)


def required(name: str) -> str:
    """An environment variable without a sensible default."""
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"set {name} (./run does this for you)")
    return value


SECRET_KEY = required("AUTOSILO_SECRET_KEY")
ALLOWED_HOSTS = [urlsplit(WEB_URL).hostname or "localhost", "127.0.0.1", "localhost"]
CSRF_TRUSTED_ORIGINS = [WEB_URL]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "autosilo.platform.config.admin.OperatorAdminConfig",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "allauth.account",  # only because allauth.mfa stands on it; its pages and tables are not used
    "allauth.mfa",
    "django_htmx",
    "csp",
    "procrastinate.contrib.django",
    "autosilo.platform.kit",
    "autosilo.platform.resources.catalogue",
    "autosilo.platform.resources.sites",
    "autosilo.platform.resources.fleet",
    "autosilo.platform.resources.people",
    "autosilo.platform.resources.licences",
    "autosilo.platform.resources.towers",
    "autosilo.platform.resources.programs",
    "autosilo.platform.resources.payments",
    "autosilo.platform.resources.telemetry",
    "autosilo.platform.resources.incidents",
    "autosilo.platform.resources.notices",
    "autosilo.platform.resources.signin",
    "autosilo.platform.journey.trial",
    "autosilo.platform.journey.scan",
    "autosilo.platform.journey.eligibility",
    "autosilo.platform.journey.booking",
    "autosilo.platform.journey.dues",
    "autosilo.platform.journey.identity",
    "autosilo.platform.journey.handover",
    "autosilo.platform.journey.drive",
    "autosilo.platform.journey.returns",
    "autosilo.platform.journey.purchase",
    "autosilo.platform.journey.flow",
    "autosilo.platform.surfaces.shopper",
    "autosilo.platform.surfaces.console",
    "autosilo.platform.config.apps.CompositionConfig",
]

MIDDLEWARE = [
    "autosilo.platform.config.middleware.RequestIdMiddleware",
    "autosilo.platform.config.middleware.NoNulMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "autosilo.platform.config.urls"
ASGI_APPLICATION = "autosilo.platform.config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "autosilo.platform.config.measuring.MeasuredTemplates",
        "DIRS": [PLATFORM / "surfaces" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "autosilo.platform.surfaces.context.shop",
            ],
        },
    },
]


def database(url: str) -> dict[str, object]:
    """``postgresql://user:password@host:port/name`` as Django wants it; a socket folder may be given as host=%2F…"""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql://")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or 5432),
        "CONN_HEALTH_CHECKS": True,
        # Prepared statements (hot paths) keep one plan: planning anew costs more than running them.
        "OPTIONS": {
            "pool": {"min_size": 1, "max_size": 16, "timeout": 10},
            "options": "-c plan_cache_mode=force_generic_plan",
        },
    }


DATABASES = {"default": database(required("DATABASE_URL"))}

AUTH_USER_MODEL = "people.Person"
LOGIN_URL = "/login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
PASSWORD_HASHERS = [
    "autosilo.platform.config.measuring.MeasuredScrypt",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
OTP_TOTP_ISSUER = "autosilo"
OTP_ADMIN_HIDE_SENSITIVE_DATA = True  # nobody reads another's TOTP key in the admin

# Of django-allauth only pieces are used (docs/decisions/0023-pieces-of-allauth.md); it has no address here.
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
MFA_ADAPTER = "autosilo.platform.resources.signin.ceremony.Ceremony"
MFA_SUPPORTED_TYPES = ["webauthn"]
MFA_WEBAUTHN_USER_VERIFICATION = "required"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [PLATFORM / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [PLATFORM / "surfaces" / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "autosilo.platform.surfaces.finders.KioskFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # no upload is ever kept
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

SESSION_ENGINE = "autosilo.platform.kit.sessions"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_SSL_REDIRECT = HTTPS
X_FRAME_OPTIONS = "DENY"

# Another car is offered for a booked one that fails: the shopper has half of the time that is left before the pick-up
# to answer, at most OFFER_LONGEST (a night); where that is less than OFFER_LEAST, nobody is asked (ADR 27).
OFFER_LONGEST = timedelta(hours=float(os.environ.get("AUTOSILO_OFFER_HOURS", "12")))
OFFER_LEAST = timedelta(minutes=float(os.environ.get("AUTOSILO_OFFER_LEAST_MINUTES", "30")))

# A TLS proxy of ours stands before the web process, and nothing else reaches it. Only then are its headers believed.
BEHIND_PROXY = os.environ.get("AUTOSILO_BEHIND_PROXY") == "1"
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF, "blob:"],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

POLICY_RELOAD_S = 20.0  # how old what a process knows of scheduled policies may be; see eligibility/scheduled.py
LIMITS_FACTOR = float(os.environ.get("AUTOSILO_LIMITS_FACTOR", "1"))

MAX_UPLOAD_BYTES = 20 * 2**20  # one photo of a modern phone
MAX_BODY_BYTES = MAX_UPLOAD_BYTES + 64 * 2**10  # with the form around the photo
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_UPLOAD_BYTES
FILE_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY_BYTES  # photos stay in memory and never touch a disk
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]

DEFAULT_FROM_EMAIL = os.environ.get("AUTOSILO_MAIL_FROM", "shop@autosilo.example")
if os.environ.get("EMAIL_HOST"):
    EMAIL_HOST = os.environ["EMAIL_HOST"]
    EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "587"))
    EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
    EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
    EMAIL_USE_TLS = os.environ.get("EMAIL_USE_TLS", "1") == "1"
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = HOME / "outbox"

PROCRASTINATE_ON_APP_READY = None
PROCRASTINATE_IMPORT_PATHS = ["autosilo.platform.journey.flow.tasks"]

NATS_URL = os.environ.get("AUTOSILO_NATS_URL", "")
VISION_CARS_ENCODER = Path(path) if (path := os.environ.get("AUTOSILO_VISION_CARS_ENCODER")) else None
METRICS_TOKEN = os.environ.get("AUTOSILO_METRICS_TOKEN", "")
KIOSK_URLS = json.loads(os.environ.get("AUTOSILO_KIOSK_URLS", "{}"))
MQTT_URL = os.environ.get("AUTOSILO_MQTT_URL", "")
BUREAU_URL = os.environ.get("AUTOSILO_BUREAU_URL", "")
BUREAU_KIND = os.environ.get("AUTOSILO_BUREAU_KIND", "oauth")
if BUREAU_KIND not in {"oauth", "token", "zhima"}:
    raise ImproperlyConfigured("AUTOSILO_BUREAU_KIND is one of oauth, token, zhima")
BUREAU_TOKEN = os.environ.get("AUTOSILO_BUREAU_TOKEN", "")
BUREAU_TOKEN_URL = os.environ.get("AUTOSILO_BUREAU_TOKEN_URL", "")
BUREAU_CLIENT_ID = os.environ.get("AUTOSILO_BUREAU_CLIENT_ID", "autosilo")
BUREAU_CLIENT_SECRET = os.environ.get("AUTOSILO_BUREAU_CLIENT_SECRET", BUREAU_TOKEN)
BUREAU_SCOPE = os.environ.get("AUTOSILO_BUREAU_SCOPE", "")
ZHIMA_APP_ID = os.environ.get("AUTOSILO_ZHIMA_APP_ID", "")
ZHIMA_PRIVATE_KEY = os.environ.get("AUTOSILO_ZHIMA_PRIVATE_KEY", "")
ZHIMA_ALIPAY_PUBLIC_KEY = os.environ.get("AUTOSILO_ZHIMA_ALIPAY_PUBLIC_KEY", "")
ZHIMA_SERVER_URL = os.environ.get("AUTOSILO_ZHIMA_SERVER_URL", "https://openapi.alipay.com/gateway.do")
SMS_URL = os.environ.get("AUTOSILO_SMS_URL", "")  # without one, nobody is offered a code by text message
SMS_ACCOUNT = os.environ.get("AUTOSILO_SMS_ACCOUNT", "")
SMS_TOKEN = os.environ.get("AUTOSILO_SMS_TOKEN", "")
SMS_FROM = os.environ.get("AUTOSILO_SMS_FROM", "")
SMS_PER_HOUR = int(os.environ.get("AUTOSILO_SMS_PER_HOUR", "600"))
if SMS_URL and not (SMS_ACCOUNT and SMS_TOKEN and SMS_FROM and logins.is_safe(SMS_URL)):
    raise ImproperlyConfigured("AUTOSILO_SMS_URL (HTTPS) needs AUTOSILO_SMS_ACCOUNT, _TOKEN and _FROM")
PHONE_COUNTRY = os.environ.get("AUTOSILO_PHONE_COUNTRY", "86")  # of a number that is given without one
LOGINS_FILE = Path(path) if (path := os.environ.get("AUTOSILO_LOGINS")) else None
try:
    LOGINS = logins.read(LOGINS_FILE.read_text(encoding="utf-8"), os.environ) if LOGINS_FILE else ()
except (OSError, UnicodeDecodeError, logins.LoginsFileError) as error:
    raise ImproperlyConfigured(f"AUTOSILO_LOGINS: {LOGINS_FILE}: {error}") from error
LICENCE_ROOTS = Path(path) if (path := os.environ.get("AUTOSILO_LICENCE_ROOTS")) else None
LICENCE_CATEGORIES = frozenset(os.environ.get("AUTOSILO_LICENCE_CATEGORIES", "B").replace(",", " ").split())
STRIPE_API_BASE = os.environ.get("STRIPE_API_BASE", "https://api.stripe.com")
STRIPE_SECRET_KEY = os.environ.get("STRIPE_SECRET_KEY", "")
STRIPE_PUBLISHABLE_KEY = os.environ.get("STRIPE_PUBLISHABLE_KEY", "")
STRIPE_JS_URL = os.environ.get("STRIPE_JS_URL", "https://js.stripe.com/v3/")

LOGGING_CONFIG = None  # autosilo.logs.configure() does it, alike in every process
SILENCED_SYSTEM_CHECKS: list[str] = []
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
