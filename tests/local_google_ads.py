"""A local Google Ads for tests: its gRPC service over TLS and Google's token endpoint, on loopback.

It speaks the newest protocol that the client has: `Search` in pages, a login by a service account's
signed assertion, and refusals with Google Ads' own failure in the trailing metadata.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from concurrent import futures
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import grpc
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.ads.googleads.v26.errors.types.errors import GoogleAdsFailure
from google.ads.googleads.v26.services.types.google_ads_service import (
    GoogleAdsRow,
    SearchGoogleAdsRequest,
    SearchGoogleAdsResponse,
)
from google.auth import jwt

PACKAGE = "google.ads.googleads.v26"
DEVELOPER_TOKEN, PERSON = "dev-token", "ads@example.com"
#: Service accounts whose assertion is taken, and one that was withdrawn.
ADMITTED, WITHDRAWN = "robot@tests.example.com", "gone@tests.example.com"
PER_PAGE = 2
_DAYS = re.compile(r"segments\.date between '(\d{4}-\d\d-\d\d)' and '(\d{4}-\d\d-\d\d)'")


@dataclass(frozen=True)
class Refusal:
    """A status of gRPC, and one error of Google Ads' own kind and code."""

    status: grpc.StatusCode
    kind: str
    code: int
    pause_s: int = 0

    def packed(self) -> bytes:
        failure = GoogleAdsFailure(errors=[{"error_code": {self.kind: self.code}, "message": "no"}])
        if self.pause_s:
            details = failure.errors[0].details.quota_error_details
            details.retry_delay = timedelta(seconds=self.pause_s)
        return GoogleAdsFailure.serialize(failure)


@dataclass
class LocalGoogleAds:
    """What it knows and was asked.

    Attributes:
        accounts: campaigns' days by customer id; refusals: customers that are answered so, the
            given number of pages after the first.
        pages: customer id and page token of each call that was answered.
    """

    home: Path
    accounts: dict[str, list[GoogleAdsRow]] = field(default_factory=dict)
    refusals: dict[str, tuple[int, Refusal | grpc.StatusCode]] = field(default_factory=dict)
    pages: list[tuple[str, str]] = field(default_factory=list)
    ads_port: int = 0
    login_port: int = 0
    _key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    @property
    def roots(self) -> Path:
        """The certificate to trust."""
        return self.home / "roots.pem"

    def connections(self, robot: str = ADMITTED) -> dict[str, str]:
        """Airflow's two connections, as environment variables."""
        key = {
            "type": "service_account", "client_email": robot, "private_key": self._private(),
            "private_key_id": "1", "token_uri": f"http://127.0.0.1:{self.login_port}/token",
        }  # fmt: skip
        client = {
            "developer_token": DEVELOPER_TOKEN, "json_key_file_path": "by the hook",
            "impersonated_email": PERSON, "use_proto_plus": True,
            "endpoint": f"localhost:{self.ads_port}",
        }  # fmt: skip
        extras = {
            "GOOGLE_ADS_DEFAULT": ("google_ads", {"google_ads_client": client}),
            "GOOGLE_CLOUD_DEFAULT": ("google_cloud_platform", {"keyfile_dict": json.dumps(key)}),
        }
        return {
            f"AIRFLOW_CONN_{name}": json.dumps({"conn_type": kind, "extra": extra})
            for name, (kind, extra) in extras.items()
        }

    def token(self, form: dict[str, list[str]]) -> tuple[int, dict[str, Any]]:
        """What Google's token endpoint answers to a signed assertion."""
        public = self._key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        claims = jwt.decode(form["assertion"][0], certs=public)
        assert claims["scope"] == "https://www.googleapis.com/auth/adwords"
        if claims["iss"] != ADMITTED or claims["sub"] != PERSON:
            return 400, {"error": "invalid_grant", "error_description": "Account was deleted."}
        return 200, {"access_token": "ya29.good", "expires_in": 3600, "token_type": "Bearer"}

    def search(
        self, request: SearchGoogleAdsRequest, context: grpc.ServicerContext
    ) -> SearchGoogleAdsResponse:
        """One page of a customer's days, or a refusal as Google Ads words it."""
        told = dict(context.invocation_metadata())
        if told.get("authorization") != "Bearer ya29.good":
            _refuse(context, Refusal(grpc.StatusCode.UNAUTHENTICATED, "authentication_error", 16))
        if told.get("developer-token") != DEVELOPER_TOKEN:
            _refuse(context, Refusal(grpc.StatusCode.UNAUTHENTICATED, "authentication_error", 29))
        customer, start = request.customer_id, int(request.page_token or 0)
        after, refusal = self.refusals.get(customer, (0, None))
        if refusal is not None and start >= after * PER_PAGE:
            _refuse(context, refusal)
        if customer not in self.accounts:
            _refuse(context, Refusal(grpc.StatusCode.UNAUTHENTICATED, "authentication_error", 8))
        days = _DAYS.search(request.query)
        assert days, request.query
        found = [
            row
            for row in self.accounts[customer]
            if days[1] <= row.segments.date <= days[2]
        ]  # fmt: skip
        self.pages.append((customer, request.page_token))
        end = start + PER_PAGE
        return SearchGoogleAdsResponse(
            results=found[start:end], next_page_token=str(end) if end < len(found) else ""
        )

    def _private(self) -> str:
        return self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()  # fmt: skip

    def credentials(self) -> grpc.ServerCredentials:
        """Its own certificate, which is its own authority."""
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder(name, name, self._key.public_key(), 1)
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        chain = certificate.public_bytes(serialization.Encoding.PEM)
        self.roots.write_bytes(chain)
        return grpc.ssl_server_credentials([(self._private().encode(), chain)])


def _refuse(context: grpc.ServicerContext, refusal: Refusal | grpc.StatusCode) -> None:
    if isinstance(refusal, Refusal):
        context.set_trailing_metadata(
            (
                ("request-id", "r-1"),
                (f"{PACKAGE}.errors.googleadsfailure-bin", refusal.packed()),
            )
        )
        refusal = refusal.status
    context.abort(refusal, "refused")


@contextmanager
def local_google_ads(home: Path) -> Iterator[LocalGoogleAds]:
    """Both servers, on ports of their own, until the block ends."""
    ads = LocalGoogleAds(home)

    class Login(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            status, answer = ads.token(form)
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *parts: object) -> None:
            pass

    login = ThreadingHTTPServer(("127.0.0.1", 0), Login)
    server = grpc.server(futures.ThreadPoolExecutor(4))
    search = grpc.unary_unary_rpc_method_handler(
        ads.search, SearchGoogleAdsRequest.deserialize, SearchGoogleAdsResponse.serialize
    )
    service = f"{PACKAGE}.services.GoogleAdsService"
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler(service, {"Search": search}),)
    )
    ads.ads_port = server.add_secure_port("127.0.0.1:0", ads.credentials())
    ads.login_port = login.server_port
    thread = threading.Thread(target=login.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    server.start()
    try:
        yield ads
    finally:
        server.stop(None).wait()
        login.shutdown()
        login.server_close()
        thread.join()
