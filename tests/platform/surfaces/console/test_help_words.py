"""Whatever a site calls a person for, the console says in both languages."""

from typing import get_args

import pytest
from django.utils.translation import override

from autosilo.platform.resources.incidents.models import Incident
from autosilo.platform.surfaces.console.templatetags.console import incident_title
from autosilo.wire.bus import HelpWanted

REASONS = get_args(HelpWanted.model_fields["reason"].annotation)


@pytest.mark.parametrize("reason", REASONS)
def test_each_reason_has_its_words(reason):
    incident = Incident(kind="help_wanted", detail={"reason": reason})
    with override("en"):
        english = incident_title(incident)
    with override("zh-hans"):
        chinese = incident_title(incident)
    assert english != incident_title(Incident(kind="help_wanted", detail={}))
    assert reason not in english
    assert chinese != english
