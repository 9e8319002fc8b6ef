"""Identity providers of companies, run locally: a real OpenID provider, and a SAML one that signs for real."""

import base64
import html
import http.server
import re
import threading
import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import oidc_provider_mock
import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree
from onelogin.saml2.utils import OneLogin_Saml2_Utils

PROTOCOL = "{urn:oasis:names:tc:SAML:2.0:protocol}"


@contextmanager
def open_id(*people: tuple[str, dict]) -> Iterator[str]:
    """An OpenID provider that knows these people (sub, claims); its issuer."""
    known = [oidc_provider_mock.User(sub=sub, claims=claims) for sub, claims in people]
    with oidc_provider_mock.run_server_in_thread(user_claims=known) as server:
        yield f"http://localhost:{server.server_port}"


class SamlIdp:
    """`entity`: who it says it is. `person`: the address that it names next."""

    def __init__(self, entity: str = "https://idp.example/saml") -> None:
        self.entity, self.sso_url, self.person = entity, "https://idp.example/sso", ""
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "idp.example")])
        now = datetime.now(UTC)
        self._certificate = (
            x509.CertificateBuilder(name, name, self._key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .sign(self._key, hashes.SHA256())
        )

    def metadata(self, *others: "SamlIdp") -> str:
        """With the certificates of `others`, too, as while a provider changes over."""
        return (
            f'<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{self.entity}">'
            '<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
            + "".join(one.key_descriptor() for one in (self, *others))
            + '<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" '
            f'Location="{self.sso_url}"/></md:IDPSSODescriptor></md:EntityDescriptor>'
        )

    def key_descriptor(self) -> str:
        der = self._certificate.public_bytes(serialization.Encoding.DER)
        return (
            '<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>'
            f"<ds:X509Certificate>{base64.b64encode(der).decode()}</ds:X509Certificate>"
            "</ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
        )

    def answer(
        self,
        address: str,
        *,
        asked: dict | None = None,
        signed: bool = True,
        minutes: int = 0,
        sealed_for: str = "",
    ) -> str:
        """The SAMLResponse to what the browser was sent to (`address`), as a form carries it.

        `asked` changes what the question is taken to say (id, acs, audience); `minutes`: how late it is;
        `sealed_for`: the certificate (base64) for which its assertion is encrypted.
        """
        said = {**question(address), **(asked or {})}
        xml = self._response(said, datetime.now(UTC) + timedelta(minutes=minutes))
        if sealed_for:
            assertion = re.search(r"<saml:Assertion .*</saml:Assertion>", xml, re.S)[0]
            alone = assertion.replace(
                "<saml:Assertion ", '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ', 1
            )
            alone = re.sub(r"^<\?xml[^>]*>\s*", "", self.sign(alone) if signed else alone)
            return base64.b64encode(xml.replace(assertion, encrypted(alone, sealed_for)).encode()).decode()
        if signed:
            xml = self.sign(xml)
        return base64.b64encode(xml.encode()).decode()

    def sign(self, xml: str) -> str:
        key = self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()
        certificate = self._certificate.public_bytes(serialization.Encoding.PEM).decode()
        made = OneLogin_Saml2_Utils.add_sign(xml, key, certificate)
        return made.decode() if isinstance(made, bytes) else made

    def _response(self, said: dict, now: datetime) -> str:
        at = now.strftime("%Y-%m-%dT%H:%M:%SZ")
        until = (now + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
        before = (now - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        person, acs, audience, question_id = self.person, said["acs"], said["audience"], said["id"]
        return (
            '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" '
            'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" '
            f'ID="r{uuid.uuid4().hex}" Version="2.0" IssueInstant="{at}" Destination="{acs}"'
            + (f' InResponseTo="{question_id}"' if question_id else "")
            + f"><saml:Issuer>{self.entity}</saml:Issuer>"
            '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>'
            f'<saml:Assertion ID="a{uuid.uuid4().hex}" Version="2.0" IssueInstant="{at}">'
            f"<saml:Issuer>{self.entity}</saml:Issuer><saml:Subject>"
            f'<saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">{person}</saml:NameID>'
            '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
            f'<saml:SubjectConfirmationData NotOnOrAfter="{until}" Recipient="{acs}"'
            + (f' InResponseTo="{question_id}"' if question_id else "")
            + "/></saml:SubjectConfirmation></saml:Subject>"
            f'<saml:Conditions NotBefore="{before}" NotOnOrAfter="{until}"><saml:AudienceRestriction>'
            f"<saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>"
            f'<saml:AuthnStatement AuthnInstant="{at}" SessionIndex="s1"><saml:AuthnContext><saml:AuthnContextClassRef>'
            "urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext>"
            "</saml:AuthnStatement></saml:Assertion></samlp:Response>"
        )

    @contextmanager
    def serving(self) -> Iterator["SamlIdp"]:
        """With a page of its own, on which somebody presses a button and is sent back."""
        idp = self

        class Page(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                said = question(f"{idp.sso_url}?{urlsplit(self.path).query}")
                answer = html.escape(idp.answer("", asked=said))
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(
                    f'<!doctype html><title>IdP</title><form method="post" action="{said["acs"]}">'
                    f'<input type="hidden" name="SAMLResponse" value="{answer}"><button>I am {idp.person}</button>'
                    "</form>".encode()
                )

            def log_message(self, *_: object) -> None: ...

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
            self.sso_url = f"http://127.0.0.1:{server.server_port}/sso"
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield self
            server.shutdown()


def question(address: str) -> dict:
    """What an AuthnRequest in a redirect's address asks: its id, where to answer, and who asks."""
    packed = parse_qs(urlsplit(address).query).get("SAMLRequest", [""])[0]
    if not packed:
        return {"id": "", "acs": "", "audience": ""}
    asked = ElementTree.fromstring(zlib.decompress(base64.b64decode(packed), -15))
    issuer = asked.find("{urn:oasis:names:tc:SAML:2.0:assertion}Issuer")
    assert asked.tag == f"{PROTOCOL}AuthnRequest"
    assert issuer is not None
    return {
        "id": asked.get("ID"),
        "acs": asked.get("AssertionConsumerServiceURL"),
        "audience": (issuer.text or "").strip(),
    }


def encrypted(assertion: str, certificate: str) -> str:
    """The assertion as an EncryptedAssertion, for whoever has the certificate's key: AES-GCM under RSA-OAEP."""
    saml = "urn:oasis:names:tc:SAML:2.0:assertion"
    around = etree.fromstring(f'<saml:EncryptedAssertion xmlns:saml="{saml}">{assertion}</saml:EncryptedAssertion>')
    template = xmlsec.template.encrypted_data_create(
        around, xmlsec.Transform.AES256_GCM, type=xmlsec.EncryptionType.ELEMENT, ns="xenc"
    )
    xmlsec.template.encrypted_data_ensure_cipher_value(template)
    info = xmlsec.template.encrypted_data_ensure_key_info(template, ns="dsig")
    sealed_key = xmlsec.template.add_encrypted_key(info, xmlsec.Transform.RSA_OAEP)
    xmlsec.template.encrypted_data_ensure_cipher_value(sealed_key)
    keys = xmlsec.KeysManager()
    keys.add_key(xmlsec.Key.from_memory(base64.b64decode(certificate), xmlsec.KeyFormat.CERT_DER, None))
    context = xmlsec.EncryptionContext(keys)
    context.key = xmlsec.Key.generate(xmlsec.KeyData.AES, 256, xmlsec.KeyDataType.SESSION)
    context.encrypt_xml(template, around[0])
    return etree.tostring(around).decode()
