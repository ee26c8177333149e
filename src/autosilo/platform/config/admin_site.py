"""Django's stock admin, behind a second factor."""

from django_otp.admin import OTPAdminSite


class OperatorAdminSite(OTPAdminSite):
    site_header = "autosilo data"
    site_title = "autosilo"
