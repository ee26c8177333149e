"""A site's log of accesses cannot be rewritten without contradicting what the platform was told."""

import pytest
from pydantic import ValidationError

from autosilo import chain as chains
from autosilo.platform.resources.incidents.models import Incident
from autosilo.platform.resources.people.models import AuditEntry
from autosilo.wire.accesses import AccessesLogged, LoggedAccess


def tell(shop, number: int, digest: str) -> None:
    shop.say(AccessesLogged, site=shop.site.pk, number=number, digest=digest * 64)


def chain(shop, actions: list[str]) -> list[LoggedAccess]:
    """A log with these actions, from its beginning."""
    entries, before = [], chains.GENESIS
    for number, action in enumerate(actions, start=1):
        entry = chains.Entry(number=number, at=shop.now, who="", action=action, target="", detail="{}")
        entries.append(
            LoggedAccess(
                number=number,
                at=shop.now,
                action=action,
                target="",
                detail="{}",
                previous=before,
                digest=chains.digest(entry, before),
            )
        )
        before = entries[-1].digest
    return entries


def tell_entries(shop, entries: list[LoggedAccess]) -> None:
    last = entries[-1]
    shop.say(AccessesLogged, site=shop.site.pk, number=last.number, digest=last.digest, entries=tuple(entries))


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


def test_entries_that_follow_are_checked_and_only_the_end_is_kept(shop):
    log = chain(shop, ["opened", "compared", "destroyed", "opened"])
    tell_entries(shop, log[:2])
    tell_entries(shop, log[2:])
    kept = AuditEntry.objects.filter(action="site_log_told").order_by("id")
    assert [(one.detail["number"], one.detail["entries"]) for one in kept] == [(2, 2), (4, 2)]
    assert incidents() == []


def test_a_log_written_anew_is_found_out_also_when_it_is_longer(shop):
    tell_entries(shop, chain(shop, ["opened", "compared", "destroyed"]))
    tell_entries(shop, chain(shop, ["opened", "destroyed", "opened", "destroyed", "opened"])[3:])
    assert incidents() == ["log_rewritten"]
    found = Incident.objects.get().detail
    assert (found["broken_number"], found["why"], found["known_number"]) == (4, "missing", 3)


@pytest.mark.parametrize(("kept", "why"), [([0, 2], "missing"), ([0, 1, 1, 2], "missing")])
def test_one_left_out_or_told_twice_is_found_out(shop, kept, why):
    log = chain(shop, ["opened", "compared", "destroyed"])
    tell_entries(shop, [log[at] for at in kept])
    assert Incident.objects.get().detail["why"] == why


def test_one_changed_is_found_out(shop):
    log = chain(shop, ["opened", "compared", "destroyed"])
    tell_entries(shop, [log[0], log[1].model_copy(update={"target": "trial another"}), log[2]])
    assert Incident.objects.get().detail["why"] == "changed"


def test_who_has_told_entries_once_cannot_leave_them_out(shop):
    tell_entries(shop, chain(shop, ["opened"]))
    tell(shop, 9, "b")
    assert Incident.objects.get().detail["why"] == "no_entries"


def test_an_end_that_is_not_the_last_entrys_is_no_message(shop):
    with pytest.raises(ValidationError, match="another than the one that is named"):
        AccessesLogged(site="shanghai", number=2, digest="a" * 64, entries=tuple(chain(shop, ["opened"])))


def test_another_sites_log_is_another_log(shop):
    tell(shop, 9, "b")
    shop.add_site("nanjing")
    shop.arrive(shop.fact(AccessesLogged, site="nanjing", number=1, digest="d" * 64), site="nanjing")
    assert incidents() == []
    assert AuditEntry.objects.filter(action="site_log_told").count() == 2
