"""An OpenID Connect provider on this machine, which says what a test wants it to say."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET, KEY_NAME = "library", "a secret of the client", "first"


@cache
def new_key(name: str) -> rsa.RSAPrivateKey:
    """It takes a while, so each is made once."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider:
    """`claims` and `userinfo` change what it says, `config` what it says of itself, `answers` whole answers."""

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.key = new_key("its own")
        self.signing = self.key
        self.nonce = ""
        self.claims: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        self.config: dict[str, Any] = {}
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.asked: list[dict[str, list[str]]] = []

    def answer(self, path: str, body: str) -> tuple[int, bytes]:
        if path in self.answers:
            return self.answers[path]
        pages = {
            "/.well-known/openid-configuration": self.about,
            "/jwks": self.keys,
            "/token": lambda: self.token(body),
            "/userinfo": lambda: {**self.who(), **self.userinfo},
        }
        return (200, json.dumps(pages[path]()).encode()) if path in pages else (404, b"")

    def about(self) -> dict[str, Any]:
        names = {"token_endpoint": "token", "userinfo_endpoint": "userinfo", "jwks_uri": "jwks"}
        ends = {name: f"{self.issuer}/{end}" for name, end in names.items()}
        return {"issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize", **ends, **self.config}

    def keys(self) -> dict[str, Any]:
        key = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [{**key, "kid": KEY_NAME, "alg": "RS256", "use": "sig"}]}

    def token(self, body: str) -> dict[str, Any]:
        self.asked.append(parse_qs(body))
        claims = {**self.who(), "iss": self.issuer, "aud": CLIENT, "exp": time.time() + 60, "nonce": self.nonce}
        said = {name: value for name, value in {**claims, **self.claims}.items() if value is not None}
        id_token = jwt.encode(said, self.signing, algorithm="RS256", headers={"kid": KEY_NAME})
        return {"access_token": "x", "token_type": "Bearer", "expires_in": 60, "id_token": id_token}

    def who(self) -> dict[str, Any]:
        return {"sub": "248289761001", "preferred_username": "ada.l", "name": "Ada", "email": "ada@example.org"}


@contextmanager
def running() -> Iterator[Provider]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            status, answer = provider.answer(self.path, body)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(answer)

        do_POST = do_GET

        def log_message(self, *args: object) -> None:
            """Tests read what it was asked."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = Provider(server.server_port)
    Thread(target=server.serve_forever, daemon=True).start()
    yield provider
    server.shutdown()
    server.server_close()
