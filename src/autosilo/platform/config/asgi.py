"""The web process's application."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "autosilo.platform.config.settings.base")

from django.conf import settings
from django.core.asgi import get_asgi_application

from autosilo import logs
from autosilo.platform.config.body_limit import BodyLimit

logs.configure("web")
_django = get_asgi_application()

from autosilo.platform.surfaces.api.thin import Thin  # noqa: E402  models need Django to be set up

application = BodyLimit(Thin(_django), most=settings.MAX_BODY_BYTES)
