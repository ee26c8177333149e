"""The OPC UA face of the PLC: mailbox nodes behind SignAndEncrypt with one pinned client certificate."""

import logging
from pathlib import Path
from typing import Any

from asyncua import Server, ua
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.crypto.uacrypto import der_from_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from autosilo.wire import mailbox
from autosilo.wire.mailbox import Command

log = logging.getLogger(__name__)

_TYPES = {mailbox.UINT32: ua.VariantType.UInt32, mailbox.STRING: ua.VariantType.String}


class PinnedController:
    """Lets in exactly the certificates in its files: the present one and, while it is renewed, the next. The files are
    read each time, so that a renewed pin holds at once.

    Two doors have to be watched. The stack's validator sees the certificate that a client *states* when it asks for a
    session, and only if it states one; its user manager sees the certificate that the secure channel *proved*. The
    second is the one that counts; the first gives the clearer refusal.
    """

    def __init__(self, *certificates: Path) -> None:
        self._paths = certificates

    def knows(self, der: bytes | None) -> bool:
        """Is this a pinned certificate?"""
        return der is not None and any(path.exists() and der == path.read_bytes() for path in self._paths)

    async def validate(self, certificate: x509.Certificate, application: ua.ApplicationDescription) -> None:
        """Hook of ``Server.set_certificate_validator``."""
        if not self.knows(certificate.public_bytes(Encoding.DER)):
            self._refused(certificate)
            raise ua.uaerrors.BadCertificateUntrusted

    def get_user(
        self, iserver: object, username: str | None = None, password: str | None = None, certificate: Any = None
    ) -> User | None:
        """Hook of the stack's user manager."""
        der = der_from_x509(certificate) if isinstance(certificate, x509.Certificate) else certificate
        if not self.knows(der):
            self._refused(x509.load_der_x509_certificate(der) if der else None)
            return None
        return User(role=UserRole.User, name="controller")

    def _refused(self, certificate: x509.Certificate | None) -> None:
        subject = certificate.subject.rfc4514_string() if certificate else "none"
        log.warning("unknown client certificate refused", extra={"subject": subject})


class MailboxServer:
    """Serves the nodes of all units. Writes from the PLC's side go out only when a value changed."""

    def __init__(self, *, url: str, site: str, pki: Path) -> None:
        self._url = url
        self._site = site
        self._pki = pki
        self._server: Server | None = None
        self._namespace = 0
        self._values: dict[str, int | str] = {}
        self._types: dict[str, str] = {}
        self._ids: dict[str, ua.NodeId] = {}

    async def start(self, nodes: dict[str, str], values: dict[str, int | str]) -> None:
        """Listen. ``nodes``: identifier -> type of each node; ``values``: what they say from the first moment on, so
        that nobody reads a zero for a retained number. Raises ``OSError`` when the port is taken.
        """
        pinned = PinnedController(self._pki / "controller.cert.der", self._pki / "controller.next.cert.der")
        server = Server(user_manager=pinned)
        await server.init()
        server.set_endpoint(self._url)
        server.set_server_name(f"autosilo tower {self._site}")
        await server.set_application_uri(mailbox.plc_uri(self._site))
        server.set_security_policy(
            [
                ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt,
                ua.SecurityPolicyType.Aes256Sha256RsaPss_SignAndEncrypt,
            ]
        )
        server.set_identity_tokens([ua.AnonymousIdentityToken])
        server.set_certificate_validator(pinned.validate)
        mine = "plc.next" if (self._pki / "plc.next.key.pem").exists() else "plc"
        await server.load_certificate(self._pki / f"{mine}.cert.der")
        await server.load_private_key(self._pki / f"{mine}.key.pem")
        self._namespace = await server.register_namespace(mailbox.NAMESPACE)
        self._server = server
        await self._add_nodes(nodes)
        await self.write(values)
        await server.start()

    async def stop(self) -> None:
        """Shut the port and drop every session."""
        if self._server is not None:
            await self._server.stop()
            self._server = None

    def read(self, identifier: str) -> Any:
        """Present value of a node."""
        assert self._server is not None  # noqa: S101  a programming error, not a state
        attribute = self._server.iserver.aspace.read_attribute_value(self._id(identifier), ua.AttributeIds.Value)
        return attribute.Value.Value

    def heartbeat(self, unit: str) -> int:
        """The controller's counter in this unit's mailbox."""
        return int(self.read(f"{unit}.Heartbeat.Controller"))

    def command_key(self, unit: str) -> tuple[int, int, int]:
        """(epoch, seq, crc) of the command in the mailbox."""
        return tuple(self.read(f"{unit}.Command.{field}") for field in ("Epoch", "Seq", "Crc"))

    def command(self, unit: str) -> tuple[Command, int]:
        """The command in the mailbox, and the checksum that was written with it."""
        fields = {field: self.read(f"{unit}.Command.{field}") for field in mailbox.COMMAND}
        command = Command(
            epoch=fields["Epoch"],
            seq=fields["Seq"],
            job_id=fields["JobId"],
            kind=fields["Kind"],
            src=fields["Src"] or "",
            dst=fields["Dst"] or "",
            vehicle_class=fields["VehicleClass"],
            deadline=fields["Deadline"],
        )
        return command, fields["Crc"]

    async def write(self, values: dict[str, int | str]) -> None:
        """Set PLC-side nodes."""
        assert self._server is not None  # noqa: S101
        for identifier, value in values.items():
            if self._values.get(identifier) == value:
                continue
            self._values[identifier] = value
            variant = ua.Variant(value if isinstance(value, str) else int(value), _TYPES[self._types[identifier]])
            await self._server.write_attribute_value(self._id(identifier), ua.DataValue(variant))

    async def _add_nodes(self, nodes: dict[str, str]) -> None:
        assert self._server is not None  # noqa: S101
        self._types, self._values = nodes, {}
        folders: dict[str, Any] = {"": self._server.nodes.objects}
        for identifier, kind in nodes.items():
            parent = folders[""]
            parts = identifier.split(".")
            for depth in range(1, len(parts)):
                path = ".".join(parts[:depth])
                if path not in folders:
                    folders[path] = await parent.add_object(self._id(path), f"{self._namespace}:{parts[depth - 1]}")
                parent = folders[path]
            initial = 0 if kind == mailbox.UINT32 else ""
            variable = await parent.add_variable(
                self._id(identifier), f"{self._namespace}:{parts[-1]}", initial, varianttype=_TYPES[kind]
            )
            self._values[identifier] = initial
            if ".".join(parts[-2:]) in mailbox.WRITABLE:
                await variable.set_writable()

    def _id(self, identifier: str) -> ua.NodeId:
        found = self._ids.get(identifier)
        if found is None:
            found = self._ids[identifier] = ua.NodeId(identifier, self._namespace)
        return found
