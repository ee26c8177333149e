"""Who works here: the names of the Django groups that give staff their rights in the console and the admin."""

from enum import StrEnum


class Role(StrEnum):
    """A person of staff is in at most one of these groups; a superuser needs none."""

    OPERATOR = "operators"
    TECHNICIAN = "technicians"
    AUDITOR = "auditors"
