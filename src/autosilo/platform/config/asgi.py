"""The web process's application."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "autosilo.platform.config.settings.base")

from django.conf import settings
from django.core.asgi import get_asgi_application

from autosilo import logs
from autosilo.platform.config.body_limit import BodyLimit

logs.configure("web")
_django = get_asgi_application()

from autosilo.platform.config.quick import find  # noqa: E402  models need Django to be set up
from autosilo.platform.surfaces.door import Door  # noqa: E402

application = BodyLimit(Door(_django, find=find), most=settings.MAX_BODY_BYTES)
