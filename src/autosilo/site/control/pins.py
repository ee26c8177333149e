"""Certificates of one link: ours to show, the PLC's to expect; and their renewal without a stop.

While a certificate is being renewed there are two of it, the present one and the next (``pki.Part``). The controller
accepts a PLC that shows either, and shows its own next one as soon as the PLC lets it in; whichever ``next`` has
worked becomes the present one.
"""

import asyncio
import hashlib
import logging
import time
from pathlib import Path

from asyncua import Client, ua
from asyncua.crypto.security_policies import SecurityPolicyAes256Sha256RsaPss, SecurityPolicyBasic256Sha256
from asyncua.crypto.uacrypto import CertProperties

from autosilo.site.control import pki

log = logging.getLogger(__name__)

POLICIES = (SecurityPolicyAes256Sha256RsaPss, SecurityPolicyBasic256Sha256)
"""The better one first; the other for a PLC that does not offer it."""
DISCOVERY_TIMEOUT_S = 1.5
TRY_AGAIN_S = 60.0
"""A next certificate of ours that the PLC has refused is shown again no sooner, and only when the link is lost."""


class WrongCertificate(Exception):
    """The PLC shows a certificate that is not pinned here."""


class Pins:
    """Chooses the certificates of each attempt to connect."""

    def __init__(self, folder: Path, *, site: str) -> None:
        self._folder = folder
        self._site = site
        self._expected = "plc"
        self._policy = POLICIES[0]
        self._shown: bytes | None = None
        self._refused: dict[bytes, float] = {}
        if self._read("controller.next") is not None and not (folder / "controller.next.key.pem").exists():
            pki.promote(folder, "controller")  # killed between the two files

    async def connect(self, client: Client) -> None:
        """Secure ``client`` and connect it. Raises ``WrongCertificate``, or whatever the stack raises."""
        mine, theirs = self._mine(), self._theirs()
        await client.set_security(
            self._policy,
            certificate=self._content(f"{mine}.cert.der", "der"),
            private_key=self._content(f"{mine}.key.pem", "pem"),
            server_certificate=self._content(f"{theirs}.cert.der", "der"),
            mode=ua.MessageSecurityMode.SignAndEncrypt,
        )
        self._shown = self._read(mine)
        try:
            await client.connect()
        except Exception:
            await self._look_into_it(client.server_url.geturl(), mine, theirs)
            raise
        for part in {mine, theirs} & {"controller.next", "plc.next"}:
            pki.promote(self._folder, part.removesuffix(".next"))
            log.info("certificate renewed", extra={"site": self._site, "part": part.removesuffix(".next")})
        self._expected = "plc"

    def _content(self, name: str, extension: str) -> CertProperties:
        """Read here: the stack reads files in a thread, and leaves one open when it is cancelled meanwhile."""
        return CertProperties((self._folder / name).read_bytes(), extension)

    def renewed(self) -> bool:
        """Is there a next certificate of ours that was never shown?"""
        following = self._read("controller.next")
        return following is not None and following != self._shown and following not in self._refused

    def _mine(self) -> str:
        following = self._read("controller.next")
        refused_at = self._refused.get(following or b"", float("-inf"))
        try_it = following is not None and time.monotonic() - refused_at > TRY_AGAIN_S
        return "controller.next" if try_it else "controller"

    def _theirs(self) -> str:
        return self._expected if self._read(self._expected) is not None else "plc"

    def _read(self, part: str) -> bytes | None:
        path = self._folder / f"{part}.cert.der"
        return path.read_bytes() if path.exists() else None

    async def _look_into_it(self, url: str, mine: str, theirs: str) -> None:
        """Why did that fail? What the PLC says of itself decides only what is tried next and what people are told: the
        secure channel is made with a pinned certificate and one of ``POLICIES``, or not at all. Raises
        ``WrongCertificate``."""
        endpoints = await _endpoints(url)
        stated = next((bytes(one.ServerCertificate) for one in endpoints if one.ServerCertificate), None)
        if stated is None:
            return
        pinned = {part: der for part in ("plc", "plc.next") if (der := self._read(part)) is not None}
        part = next((name for name, der in pinned.items() if der == stated), None)
        if part is None:
            raise WrongCertificate(
                f"the PLC shows a certificate that is not the pinned one: {fingerprint(stated)}, "
                f"not {' or '.join(fingerprint(der) for der in pinned.values())}"
            )
        self._expected = part
        offered = {one.SecurityPolicyUri for one in endpoints}
        policy = next((one for one in POLICIES if one.URI in offered), self._policy)
        if policy is not self._policy:
            self._policy = policy
            log.info("security policy chosen", extra={"site": self._site, "policy": policy.URI})
        elif part == theirs and mine == "controller.next" and self._shown is not None:
            self._refused[self._shown] = time.monotonic()


async def _endpoints(url: str) -> list[ua.EndpointDescription]:
    """What a server tells to anybody of how it can be reached; nothing when it does not answer."""
    probe = Client(url, timeout=DISCOVERY_TIMEOUT_S, auto_reconnect=False)
    try:
        async with asyncio.timeout(2 * DISCOVERY_TIMEOUT_S):
            return list(await probe.connect_and_get_server_endpoints())
    except Exception:  # only a question; that it was not answered says nothing
        return []


def fingerprint(der: bytes) -> str:
    """SHA-256, the first 16 hex digits in pairs: enough to tell certificates apart on a screen."""
    digest = hashlib.sha256(der).hexdigest()[:16]
    return ":".join(digest[index : index + 2] for index in range(0, len(digest), 2)).upper()
