"""A company's SAML identity provider, run locally: pysaml2's. It reads our metadata and our questions, and answers."""

import base64
import datetime as datetime_module
import html
import http.server
import tempfile
import threading
import time as time_module
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from unittest import mock
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT, saml, time_util
from saml2.config import IdPConfig
from saml2.metadata import entity_descriptor
from saml2.server import Server
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256

from tests.workspaces.accounts.xml_security import XmlSecurity

PEM = serialization.Encoding.PEM
BY_PASSWORD = {"class_ref": saml.AUTHN_PASSWORD, "authn_auth": "https://idp.example"}
SERVES = "/saml/sso"


class SamlIdp:
    """`entity`: who it says it is. `person`: the address that it names next. `seals`: whether its page seals answers.

    It answers those whose metadata it was given.
    """

    def __init__(self, entity: str = "https://idp.example/saml", *, seals: bool = False) -> None:
        self.entity, self.seals, self.person = entity, seals, ""
        self.sso_url, self.metadata_url = "https://idp.example/sso", "https://idp.example/metadata"
        self.announced: str | None = None  # metadata that it shows instead of its own
        self._partners: dict[str, str] = {}
        self._made: Server | None = None
        self._folder = tempfile.TemporaryDirectory()
        self.key_file, self.certificate_file = (str(Path(self._folder.name, name)) for name in ("key", "certificate"))
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "idp.example")])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .sign(key, hashes.SHA256())
        )
        bare = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        Path(self.key_file).write_bytes(key.private_bytes(PEM, *bare))
        Path(self.certificate_file).write_bytes(certificate.public_bytes(PEM))

    def metadata(self, *others: "SamlIdp") -> str:
        """With the certificates of `others`, too, as while a provider changes over."""
        return str(entity_descriptor(self._settings(*others)))

    def meets(self, metadata: str) -> None:
        """Take a service provider's metadata, as its admin gives them to it."""
        self._partners[str(ElementTree.fromstring(metadata).get("entityID"))] = metadata
        self._made = None

    def question(self, address: str) -> dict:
        """What an AuthnRequest in a redirect's address asks: its id, where to answer, and who asks."""
        packed = parse_qs(urlsplit(address).query)["SAMLRequest"][0]
        server = self._server()
        asked = server.parse_authn_request(packed, BINDING_HTTP_REDIRECT)
        told = server.response_args(asked.message, bindings=[BINDING_HTTP_POST])
        return {"id": told["in_response_to"], "acs": told["destination"], "audience": told["sp_entity_id"]}

    def answer(
        self, address: str, *, asked: dict | None = None, signed: bool = True, minutes: int = 0, sealed: bool = False,
        sealed_for: str = "",
    ) -> str:  # fmt: skip
        """The SAMLResponse to what the browser was sent to (`address`), as a form carries it.

        `asked` changes what the question is taken to say (id, acs, audience); `minutes`: how late it is; `sealed`:
        whether the assertion is sealed for the certificate in our metadata, `sealed_for`: or for another (base64).
        """
        server = self._server()
        said = {**self.question(address), **(asked or {})}
        with _clock(minutes):
            response = server.create_authn_response(
                {"mail": [self.person]},
                said["id"] or None,
                said["acs"],
                said["audience"],
                name_id=saml.NameID(format=saml.NAMEID_FORMAT_EMAILADDRESS, text=self.person),
                authn=BY_PASSWORD,
                sign_assertion=signed,
                sign_response=False,
                sign_alg=SIG_RSA_SHA256,
                digest_alg=DIGEST_SHA256,
                encrypt_assertion=sealed or bool(sealed_for),
                encrypt_cert_assertion=sealed_for or None,
            )
        return base64.b64encode(str(response).encode()).decode()

    @contextmanager
    def serving(self) -> Iterator["SamlIdp"]:
        """With pages of its own: its metadata, and one on which somebody presses a button and is sent back."""
        idp = self

        class Page(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if urlsplit(self.path).path != SERVES:
                    return self.say(idp.announced or idp.metadata(), "application/samlmetadata+xml")
                acs = idp.question(self.path)["acs"]
                answer = html.escape(idp.answer(self.path, sealed=idp.seals))
                return self.say(
                    f'<!doctype html><title>IdP</title><form method="post" action="{acs}">'
                    f'<input type="hidden" name="SAMLResponse" value="{answer}"><button>I am {idp.person}</button>'
                    "</form>",
                    "text/html; charset=utf-8",
                )

            def say(self, text: str, media: str) -> None:
                self.send_response(200)
                self.send_header("Content-Type", media)
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: object) -> None: ...

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
            place = f"http://127.0.0.1:{server.server_port}"
            self.sso_url, self.metadata_url = place + SERVES, f"{place}/saml/metadata"
            self._made = None
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield self
            server.shutdown()

    def _settings(self, *others: "SamlIdp") -> IdPConfig:
        said = {
            "entityid": self.entity,
            "key_file": self.key_file,
            "cert_file": self.certificate_file,
            "additional_cert_files": [one.certificate_file for one in others],
            "crypto_backend": "XMLSecurity",  # rather than looking for xmlsec1; ours takes its place
            "service": {
                "idp": {
                    "endpoints": {"single_sign_on_service": [(self.sso_url, BINDING_HTTP_REDIRECT)]},
                    "name_id_format": [saml.NAMEID_FORMAT_EMAILADDRESS],
                    "policy": {"default": {"lifetime": {"minutes": 5}}},
                }
            },
            "metadata": {"inline": list(self._partners.values())},
        }
        return IdPConfig().load(said)

    def _server(self) -> Server:
        if self._made is None:
            self._made = Server(config=self._settings())
            self._made.sec.crypto = XmlSecurity()
        return self._made


@contextmanager
def _clock(minutes: int) -> Iterator[None]:
    """What pysaml2 takes for now is so many minutes later."""
    late = timedelta(minutes=minutes)

    class Later(datetime):
        @classmethod
        def now(cls, tz: datetime_module.tzinfo | None = None) -> datetime:
            return datetime.now(tz) + late

    def gmtime(seconds: float | None = None) -> time_module.struct_time:
        return time_module.gmtime(time_module.time() + late.total_seconds() if seconds is None else seconds)

    clock = SimpleNamespace(**{**vars(time_module), "gmtime": gmtime})
    with mock.patch.multiple(time_util, datetime=Later, time=clock):
        yield
