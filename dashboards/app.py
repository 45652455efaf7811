"""The dashboards' server. In the repository's root, with `plugins` on PYTHONPATH:

    python -m dashboards.app --port 8501

It listens on 127.0.0.1 unless `--address` says otherwise, reads its settings as all of the
platform does (`ytempire.config`), and answers `/healthz` with `ok` to anyone. Streamlit's own
settings are in `.streamlit/config.toml` beside this file.
"""

from __future__ import annotations

import argparse
import errno
import socket
import threading
from pathlib import Path

import streamlit as st
import uvicorn
from starlette.middleware import Middleware
from streamlit.runtime.pages_manager import PagesManager
from ytempire.config import Settings, settings
from ytempire.errors import ServiceFailed, YTEmpireError

from dashboards import board, cuts, oidc
from dashboards.gate import Gate, gate_secrets

SCRIPT = Path(__file__).with_name("main.py")
#: Open pages keep a socket for ever; a server that is told to stop gives them this long.
STOP_SECONDS = 2


def create_app(configuration: Settings) -> st.App:
    """The ASGI application: Streamlit behind the gate.

    Raises:
        NotConfigured: the sign-in has no password or no key, or half an organisation.
    """
    password, key = gate_secrets(configuration)
    provider = oidc.provider(configuration.oidc, key)
    # Streamlit takes a folder `pages` for a site of its older kind, until the script has run once:
    # the first visitor of a page's own address would be shown nothing.
    PagesManager.uses_pages_directory = False
    public = configuration.dashboards.address or ""
    gate = Middleware(Gate, password=password, key=key, provider=provider, public=public)
    return st.App(SCRIPT, routes=[cuts.ROUTE], middleware=[gate])


def serve(address: str, port: int) -> None:
    """Serves until told to stop. Raises ServiceFailed when the port cannot be had."""
    app = create_app(settings())
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((address, port))
        except OSError as error:
            reason = "in use" if error.errno == errno.EADDRINUSE else str(error.strerror)
            raise ServiceFailed(
                f"The dashboards cannot listen on {address}:{port}: {reason}.",
                "Give another one with --port.",
            ) from error
        # Headers of a proxy are not believed, but for the gate's lock behind one: a client could
        # name a new address with each try of the password and never be locked out.
        server = uvicorn.Config(
            app,
            proxy_headers=False,
            server_header=False,
            access_log=False,
            log_level="warning",
            timeout_graceful_shutdown=STOP_SECONDS,
        )
        threading.Thread(target=board.warm, name="warm", daemon=True).start()
        uvicorn.Server(server).run(sockets=[listener])


def main() -> None:
    parser = argparse.ArgumentParser(prog="dashboards", description="Serves the dashboards.")
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--port", type=int, help="unless given, YTEMPIRE_PORTS__DASHBOARDS")
    arguments = parser.parse_args()
    try:
        port = settings().ports.dashboards if arguments.port is None else arguments.port
        serve(arguments.address, port)
    except YTEmpireError as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
