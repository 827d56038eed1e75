"""A device that keeps one passkey and answers as a browser passes it on."""

import hashlib
import os

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

FLAG = AuthenticatorData.FLAG
USED = FLAG.UP | FLAG.UV


class Device:
    def __init__(self, host: str = "testserver", origin: str = "https://testserver") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id, self.origin = os.urandom(16), origin
        self.host = hashlib.sha256(host.encode()).digest()
        self.user = ""

    def make(self, options: dict[str, dict]) -> dict[str, object]:
        """What `navigator.credentials.create` would answer."""
        self.user = options["publicKey"]["user"]["id"]
        public = AttestedCredentialData.create(b"\0" * 16, self.id, ES256.from_cryptography_key(self.key.public_key()))
        data = AuthenticatorData.create(self.host, USED | FLAG.AT, 0, public)
        made = AttestationObject.create("none", data, {})
        said = self.said("webauthn.create", options)
        return self.answer({"clientDataJSON": websafe_encode(said), "attestationObject": websafe_encode(made)})

    def use(self, options: dict[str, dict], flags: FLAG = USED) -> dict[str, object]:
        """What `navigator.credentials.get` would answer."""
        data = AuthenticatorData.create(self.host, flags, 0)
        said = self.said("webauthn.get", options)
        signature = self.key.sign(data + said.hash, ec.ECDSA(hashes.SHA256()))
        parts = {"clientDataJSON": said, "authenticatorData": data, "signature": signature}
        answered = {name: websafe_encode(part) for name, part in parts.items()}
        return self.answer({**answered, "userHandle": self.user})

    def said(self, kind: str, options: dict[str, dict]) -> CollectedClientData:
        return CollectedClientData.create(kind, websafe_decode(options["publicKey"]["challenge"]), self.origin)

    def answer(self, response: dict[str, str]) -> dict[str, object]:
        name = websafe_encode(self.id)
        return {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}
