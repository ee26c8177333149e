"""Sockets for what lies outside: a domain app says what it needs, ``config.providers`` plugs in who provides it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

T = TypeVar("T")


class Socket(Generic[T]):
    """A named place for one provider. The factory is called at first use, once a process."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._factory: Callable[[], T] | None = None
        self._made: list[T] = []

    def plug(self, factory: Callable[[], T]) -> None:
        self._factory = factory
        self._made.clear()

    def __call__(self) -> T:
        """The provider. Raises ``LookupError`` when nobody plugged one in."""
        if not self._made:
            if self._factory is None:
                raise LookupError(f"no provider of {self.name}: config.providers.plug_in() was not called")
            self._made.append(self._factory())
        return self._made[0]

    @contextmanager
    def replaced(self, provider: T) -> Iterator[T]:
        """Another provider for a while (tests)."""
        factory, made = self._factory, list(self._made)
        self._factory, self._made[:] = (lambda: provider), [provider]
        try:
            yield provider
        finally:
            self._factory, self._made[:] = factory, made
