"""Amounts in minor units (fen, cents) with their ISO 4217 currency."""

from dataclasses import dataclass

MINOR_UNITS = 100
SYMBOLS = {"CNY": "¥", "EUR": "€", "USD": "$"}


@dataclass(frozen=True)
class Money:
    """``minor`` is the amount in hundredths of ``currency``."""

    minor: int
    currency: str

    def __str__(self) -> str:
        whole, rest = divmod(self.minor, MINOR_UNITS)
        symbol = SYMBOLS.get(self.currency, self.currency + " ")
        return f"{symbol}{whole:,}" if rest == 0 else f"{symbol}{whole:,}.{rest:02d}"
