"""Ask the running server whether the figures agree with the books: only one process can open the warehouse file."""

import json
import ssl
from urllib.error import URLError
from urllib.request import urlopen

from services.core.settings import Settings

PATH = "/readyz/figures"
PATIENCE_S = 120


def differences_at_server(settings: Settings) -> list[str] | None:
    """What the server of this data folder finds; None when it does not answer on the port of these settings."""
    scheme = "https" if settings.ssl_cert else "http"
    context = None
    if settings.ssl_cert:  # the certificate names the shop's host, not this loopback address
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    address = f"{scheme}://127.0.0.1:{settings.port}{PATH}"
    try:
        with urlopen(address, timeout=PATIENCE_S, context=context) as answer:  # noqa: S310 - loopback only
            found: list[str] = json.load(answer)["differences"]
            return found
    except (URLError, OSError, ValueError, KeyError):
        return None
