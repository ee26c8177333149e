"""Makes the operators' admin site the default one."""

from django.contrib.admin.apps import AdminConfig


class OperatorAdminConfig(AdminConfig):
    default_site = "autosilo.platform.config.admin_site.OperatorAdminSite"
