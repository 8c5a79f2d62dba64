"""A small OpenID provider: the other end of the shared sign-in's wire, on a port of its own.

It speaks the real protocol (discovery, authorization code with PKCE, token, key set) and is made to lie on
purpose by `spoil`. Whoever comes to it in a browser is signed in as `person`, who typed a password `ago`.
"""

import asyncio
import hashlib
import secrets
from base64 import b64decode, urlsafe_b64encode
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, quote_plus, urlencode

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from display.serving import open_port, server

CLIENT, SECRET = "hall", "a secret of the test"


@dataclass
class Provider:
    """`now`: its clock. `asked`: what browsers brought to the authorization endpoint."""

    now: "callable"
    issuer: str = ""
    person: str = "sub-thu-ky"
    ago: timedelta = timedelta(0)
    key: object = field(default_factory=lambda: RSAKey.generate_key(2048, parameters={"kid": "k1"}))
    algorithm: str = "RS256"
    publishes: list | None = None
    """Other keys than its own."""
    says: dict = field(default_factory=dict)
    """Of itself, instead of the truth."""
    spoil: dict = field(default_factory=dict)
    """Claims that it lies about; None leaves one out."""
    error: str | None = None
    asked: list = field(default_factory=list)
    codes: dict = field(default_factory=dict)
    fetched: list = field(default_factory=list)

    def token(self, nonce, proved: datetime) -> str:
        now = int(self.now().timestamp())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": self.person, "nonce": nonce,
            "iat": now, "exp": now + 300, "auth_time": int(proved.timestamp()),
        }  # fmt: skip
        claims = {name: value for name, value in (claims | self.spoil).items() if value is not None}
        header = {"alg": self.algorithm, "kid": getattr(self.key, "kid", None)}
        return jwt.encode(
            {k: v for k, v in header.items() if v}, claims, self.key, algorithms=[self.algorithm]
        )


def provider_app(it: Provider) -> FastAPI:
    app = FastAPI()

    @app.middleware("http")
    async def noted(request: Request, go_on):
        it.fetched.append(request.url.path)
        return await go_on(request)

    @app.get("/.well-known/openid-configuration")
    async def describe():
        return {
            "issuer": it.issuer,
            "authorization_endpoint": f"{it.issuer}/authorize",
            "token_endpoint": f"{it.issuer}/token",
            "jwks_uri": f"{it.issuer}/keys",
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
        } | it.says

    @app.get("/keys")
    async def keys():
        own = [it.key] if not isinstance(it.key, OctKey) else []
        return {
            "keys": [one.as_dict(private=False) for one in (own if it.publishes is None else it.publishes)]
        }

    @app.get("/authorize")
    async def authorize(request: Request):
        asked = dict(request.query_params)
        it.asked.append(asked)
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert "openid" in asked["scope"].split()
        assert asked["code_challenge_method"] == "S256"
        answer = {"state": asked["state"], "iss": it.issuer}
        if it.error:
            return RedirectResponse(
                f"{asked['redirect_uri']}?{urlencode(answer | {'error': it.error})}", 302
            )
        # A provider asks for the password anew where it is told to, or where its own sign-in is too old.
        old = it.ago > timedelta(seconds=int(asked["max_age"])) or asked.get("prompt") == "login"
        proved = it.now() if old else it.now() - it.ago
        code = secrets.token_urlsafe(16)
        it.codes[code] = (asked, proved)
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(answer | {'code': code})}", 302)

    @app.post("/token")
    async def token(request: Request):
        form = dict(parse_qsl((await request.body()).decode()))
        asked, proved = it.codes.pop(form["code"], (None, None))
        given = b64decode(request.headers.get("authorization", " ").split(" ")[1]).decode()
        challenge = urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        known = given == f"{quote_plus(CLIENT)}:{quote_plus(SECRET)}"
        if asked is None or not known or challenge.decode() != asked["code_challenge"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        if form["redirect_uri"] != asked["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        return {"access_token": "-", "token_type": "Bearer", "id_token": it.token(asked["nonce"], proved)}

    return app


@asynccontextmanager
async def provider(now):
    """Served on a free port of this machine."""
    opened = open_port("127.0.0.1", 0)
    it = Provider(now, opened.address)
    running: uvicorn.Server = server(provider_app(it))
    serving = asyncio.create_task(running.serve(sockets=[opened.socket]))
    while not running.started:  # noqa: ASYNC110  uvicorn tells it no other way
        await asyncio.sleep(0.005)
    try:
        yield it
    finally:
        running.should_exit = running.force_exit = True
        with suppress(asyncio.CancelledError):
            await serving


def other_key(kid="k2"):
    return ECKey.generate_key("P-256", parameters={"kid": kid})
