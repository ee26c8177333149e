"""Mails that the demo has written into its folder instead of sending them."""

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

NEWEST = 30
SEPARATOR = b"-" * 79
"""Django's file backend writes this line after each mail."""


@dataclass(frozen=True, kw_only=True)
class Mail:
    to: str
    subject: str
    date: str
    body: str


def mails(folder: Path) -> list[Mail]:
    """The newest first, by the files' times; unreadable files are left out."""
    if not folder.is_dir():
        return []
    files = sorted(folder.glob("*.log"), key=lambda file: file.stat().st_mtime_ns, reverse=True)[:NEWEST]
    return [mail for file in files for mail in reversed(_read(file))][:NEWEST]


def _read(file: Path) -> list[Mail]:
    parts = file.read_bytes().split(SEPARATOR)
    return [_mail(part.strip()) for part in parts if part.strip()]


def _mail(raw: bytes) -> Mail:
    message = message_from_bytes(raw, policy=policy.default)
    body = message.get_body(("plain",)) if isinstance(message, EmailMessage) else None
    return Mail(
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        date=str(message["Date"] or ""),
        body=body.get_content().strip() if body else "",
    )
