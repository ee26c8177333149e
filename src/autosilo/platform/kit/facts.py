"""How one step tells the next: a fact is handed to the handlers that ``flow`` has laid down for its type.

Handlers run at once, in the caller's transaction: what follows from a fact stands or falls with it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Base of every fact inside the platform."""


type_table: dict[type[Fact], tuple[Callable[[Any], None], ...]] = {}


def lay_down(table: Mapping[type[Fact], Iterable[Callable[[Any], None]]]) -> None:
    """Install the one table of handlers (called once, by ``flow``)."""
    type_table.clear()
    type_table.update({fact: tuple(handlers) for fact, handlers in table.items()})


def tell(fact: Fact) -> None:
    """Run what follows from ``fact``. A fact without a row in the table is a bug and raises ``KeyError``."""
    for handler in type_table[type(fact)]:
        handler(fact)
