"""How a shopper may be known at the kiosk of a site."""

from enum import StrEnum


class IdentityMode(StrEnum):
    """What a market may offer. ``PASS_CODE`` is offered everywhere, as an equal of the others."""

    FACE_EXPECTED = "face_expected"  # the face alone, compared with those expected at this site about now
    PASS_FACE = "pass_face"  # noqa: S105  a mode's name; the pass, whose key opens the template of one face
    PASS_CODE = "pass_code"  # noqa: S105  a mode's name; no biometrics
