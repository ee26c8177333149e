"""What a person is told while their face is captured, in their language."""

from typing import Final

from django.utils import translation
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

ENDS: Final[dict[str, Promise]] = {
    "expired": _("The page waited too long. Please begin once more."),
    "busy": _("Many people are doing this just now. Please try again in a minute, or use pass and code."),
    "closed": _("Faces cannot be taken at the moment. Your pass and code work."),
    "broken": _("Your face could not be kept just now, so nothing of it was. Please try again in a minute."),
    "timed_out": _("That took too long. Try again in good light, with the phone at eye level."),
    "not_live": _(
        "We could not tell that it is you yourself. Turn to the light, hold nothing in between, and try again."
    ),
    "wrong_moves": _("The movements did not fit what was asked for. Wait for each of them, and try again."),
    "changed": _("Another face came before the camera. Be alone in front of it, and try again."),
    "second_person": _("There was a second person in the picture. Be alone in it, and try again."),
    "doubtful": _("The pictures do not agree well enough. Try again in even light, without a cap or dark glasses."),
}

_AGAIN: Final = _("Let us begin again.")

PAGE: Final[dict[str, Promise]] = {
    "prompt.look": _("Look straight into the camera"),
    "prompt.left": _("Turn your head to your left"),
    "prompt.right": _("Turn your head to your right"),
    "prompt.up": _("Look up a little"),
    "prompt.closer": _("Come closer"),
    "again.other_way": format_lazy("{} {}", _("That was another movement."), _AGAIN),
    "again.too_early": format_lazy("{} {}", _("Please wait until you are asked."), _AGAIN),
    "again.too_slow": format_lazy("{} {}", _("That took too long."), _AGAIN),
    "again.lost": format_lazy("{} {}", _("We lost sight of you."), _AGAIN),
    "again.second_person": format_lazy("{} {}", _("Please be alone in the picture."), _AGAIN),
    "hint.good": _("Good. Hold still …"),
    "hint.nobody": _("Put your face into the picture"),
    "hint.one_person": _("Please be alone in the picture"),
    "hint.closer": _("Come a little closer"),
    "hint.centre": _("Move your face to the middle"),
    "hint.light": _("It is too dark. Turn to the light"),
    "hint.glare": _("It is too bright. Turn away from the light"),
    "hint.hold_still": _("Hold still"),
    "hint.face_camera": _("Look straight into the camera"),
    "hint.uncover": _("Uncover your face, please"),
    "hint.not_live": _("Look straight into the camera, with no screen or print in between"),
    "hint.bad_frame": _("The picture is not clear. Hold still"),
    "starting": _("The camera is starting …"),
    "done": _("Done. One moment …"),
    "consent": _("Please read the consent and tick it first."),
    "denied": _("The camera cannot be used here. Allow it for this page and try again, or use pass and code."),
    "camera_gone": _("The camera has stopped. Connect it and try again, or use pass and code."),
    "line_gone": _("The connection was lost, and nothing was kept. Please try again."),
    "too_often": _("That was too often in a short time. Please wait a little, or use pass and code."),
    "stopped": _("The camera is off. Nothing was kept."),
    "more_time_given": _("You have more time now"),
    "wallet": _("Show your licence now: open the link, or scan the code."),
    "wallet_shown": _("Your licence was shown. Now your face."),
    "wallet_stopped": _("Nothing of your licence was kept. Untick the comparison to go on without it."),
    "moves": _("{done} of {moves} movements done"),
}
"""For the page's script, which shows and announces them; prompts, hints and reasons are those of ``wire.gate``."""


def said(reason: str, language: str) -> str:
    """Why it came to nothing, and what helps."""
    with translation.override(language):
        return str(ENDS[reason])
