"""The icon is found wherever a browser looks for it."""

from django.contrib.staticfiles import finders


def test_the_old_address_of_the_icon_leads_to_it(client):
    answer = client.get("/favicon.ico")
    assert answer.status_code == 302
    assert answer["Location"].endswith("favicon.svg")
    assert finders.find("brand/favicon.svg")
