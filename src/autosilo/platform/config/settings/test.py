"""Unit and integration tests: real PostgreSQL, instant providers, no clock tricks but demo mode on."""

import os
import tempfile

os.environ.setdefault("AUTOSILO_SECRET_KEY", "only-for-tests")
os.environ.setdefault("AUTOSILO_DEMO", "1")
os.environ.setdefault("DATABASE_URL", "postgresql://autosilo:autosilo@127.0.0.1:5432/autosilo")
os.environ.setdefault("AUTOSILO_HOME", tempfile.mkdtemp(prefix="autosilo-test-"))

from autosilo.platform.config.settings.base import *  # noqa: F403  the point of this module

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# test databases come and go: no pool; and between tests their tables are emptied
DATABASES["default"]["OPTIONS"] = {"options": "-c autosilo.tables_may_be_emptied=on"}  # noqa: F405
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405  WhiteNoise warns when it is missing
POLICY_RELOAD_S = float("inf")  # only after a test has scheduled one: so that queries can be counted
