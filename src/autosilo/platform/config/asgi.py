"""The web process's application."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "autosilo.platform.config.settings.base")

from django.core.asgi import get_asgi_application

from autosilo import logs

logs.configure("web")
application = get_asgi_application()
