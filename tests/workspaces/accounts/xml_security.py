"""What pysaml2 asks the program xmlsec1 for, asked of the same library in its wheel: signatures and sealed elements.

So a machine needs nothing installed. pysaml2 says what is signed and sealed, and by which algorithms; this does it.
"""

import xmlsec
from lxml import etree
from saml2.sigver import CryptoBackend, SignatureError

SIGNATURES = "{http://www.w3.org/2000/09/xmldsig#}Signature"
SEALED = "{http://www.w3.org/2001/04/xmlenc#}"
INSIDE = "//*[local-name()='EncryptedAssertion']/*[local-name()='Assertion']"


class XmlSecurity(CryptoBackend):
    def sign_statement(self, statement, node_name, key_file, node_id) -> str:
        """Fill in the signature of the element with this id."""
        tree = _parsed(statement)
        named = [node for node in tree.iter() if isinstance(node.tag, str) and node.get("ID") == node_id]
        if len(named) != 1:
            raise SignatureError(f"there are {len(named)} elements with the id {node_id}")
        xmlsec.tree.add_ids(tree, ["ID"])
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_file(key_file, xmlsec.KeyFormat.PEM, None)
        context.sign(named[0].find(SIGNATURES))
        return etree.tostring(tree).decode()

    def encrypt_assertion(self, statement, enc_key, template, key_type, node_xpath) -> str:
        """Put the assertion into the template, sealed for whoever has the key of the certificate in the file."""
        tree, template = _parsed(statement), _parsed(template)
        # pysaml2 says 3DES for the assertion whatever it is told; providers of today seal with AES-GCM.
        template.find(f"{SEALED}EncryptionMethod").set("Algorithm", "http://www.w3.org/2009/xmlenc11#aes256-gcm")
        keys = xmlsec.KeysManager()
        keys.add_key(xmlsec.Key.from_file(enc_key, xmlsec.KeyFormat.CERT_PEM, None))
        context = xmlsec.EncryptionContext(keys)
        context.key = xmlsec.Key.generate(xmlsec.KeyData.AES, 256, xmlsec.KeyDataType.SESSION)
        (assertion,) = tree.xpath(node_xpath or INSIDE)
        context.encrypt_xml(template, assertion)
        return etree.tostring(tree).decode()


def _parsed(statement: object) -> etree._Element:
    """pysaml2 hands over texts, bytes, and objects that are written as text."""
    return etree.fromstring(statement if isinstance(statement, bytes) else str(statement).encode())
