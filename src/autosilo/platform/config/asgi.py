"""The web process's application."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "autosilo.platform.config.settings.base")

from django.conf import settings
from django.core.asgi import get_asgi_application

from autosilo import logs
from autosilo.platform.config.body_limit import BodyLimit

logs.configure("web")
_asynchronous = get_asgi_application()

from autosilo.platform.config.quick import find, is_live  # noqa: E402  models need Django to be set up
from autosilo.platform.config.threaded import Threaded  # noqa: E402  the same
from autosilo.platform.surfaces.door import Door  # noqa: E402
from autosilo.platform.surfaces.shopper.capturing.door import CaptureDoor  # noqa: E402

_django = Threaded(_asynchronous, leave=is_live)
application = BodyLimit(CaptureDoor(Door(_django, find=find)), most=settings.MAX_BODY_BYTES)
