"""A site's log of accesses cannot be rewritten without contradicting what the platform was told."""

import pytest

from autosilo.platform.resources.incidents.models import Incident
from autosilo.platform.resources.people.models import AuditEntry
from autosilo.wire.accesses import AccessesLogged


def tell(shop, number: int, digest: str) -> None:
    shop.say(AccessesLogged, site=shop.site.pk, number=number, digest=digest * 64)


def incidents() -> list[str]:
    return list(Incident.objects.values_list("kind", flat=True))


def test_a_log_that_grows_is_kept_in_our_own_trail(shop):
    for number, digest in ((3, "a"), (3, "a"), (9, "b")):
        tell(shop, number, digest)
    kept = AuditEntry.objects.filter(action="site_log_told").order_by("id")
    assert [(one.target, one.detail["number"]) for one in kept] == [("site shanghai", 3), ("site shanghai", 9)]
    assert incidents() == []


@pytest.mark.parametrize(("number", "digest"), [(9, "c"), (8, "c")])
def test_a_log_that_contradicts_itself_is_an_incident(shop, number, digest):
    tell(shop, 9, "b")
    tell(shop, number, digest)
    assert incidents() == ["log_rewritten"]
    assert Incident.objects.get().detail["known_number"] == 9


def test_another_sites_log_is_another_log(shop):
    tell(shop, 9, "b")
    shop.add_site("nanjing")
    shop.arrive(shop.fact(AccessesLogged, site="nanjing", number=1, digest="d" * 64), site="nanjing")
    assert incidents() == []
    assert AuditEntry.objects.filter(action="site_log_told").count() == 2
