"""What is read of the site files, and what is told to the sites."""

import pytest
from django.apps import apps

from autosilo.platform.resources.sites.actions import sync_sites
from autosilo.tower.config import load_all_sites
from autosilo.tower.drawing import drawing


@pytest.mark.django_db
def test_console_and_kiosk_draw_a_tower_from_the_same_description(settings):
    sites = {site.pk: site for site in sync_sites()}
    for slug, config in load_all_sites(folder=settings.SITES_DIR, pace=1.0).items():
        assert sites[slug].geometry == drawing(config)


def test_names_of_tables_read_well_in_the_admin():
    ours = [model for model in apps.get_models() if model.__module__.startswith("autosilo.")]
    names = {str(model._meta.verbose_name_plural) for model in ours}
    assert "visit passes" in names
    assert not [name for name in names if name.endswith(("ss", "ys", "persons"))]
