"""Why an app gave no answer, in Twilio's codes (voice reference 17.1).

The reference knows a general code and later, finer ones for the same accident. Apps branch on
the general ones in their fallback, and the reference's own rule for error statuses is general
first (3.6: 11200, not 11217), so the finer 11201, 11202 and 11217 are not used:

- 11205 the connection could not be made: refused, no answer within the connect time, an address
  the guard refuses.
- 11200 the connection was made and no usable answer came: an error status, or no answer in time.
  11203 only where the URL itself set the total time (`#tt`).
- 11206 what came was not HTTP, or broke off.
"""

from __future__ import annotations

import ssl

import aiohttp

from hoyhoy.exchange.ports import FetchFailed, Page

from .guard import Refused
from .overrides import Limits

# X509_V_ERR_...: not yet valid and expired; then host name, e-mail and address mismatch.
_OUT_OF_DATE = frozenset({9, 10})
_OTHER_NAME = frozenset({62, 63, 64})


class Failed(FetchFailed):
    """With `cause`: what a retry policy may call it (ct, rt, 4xx, 5xx), or empty when it cannot be retried."""

    def __init__(self, code: int, message: str, page: Page | None = None, *, cause: str = "") -> None:
        super().__init__(code, message, page)
        self.cause = cause


def out_of_time(limits: Limits, attempts: int) -> Failed:
    """The whole budget is spent."""
    return Failed(
        11203 if limits.total_given else 11200,
        f"No whole answer within {limits.total:g} s, {attempts} attempts included.",
    )


def explained(error: Exception, where: str, limits: Limits, attempts: int) -> Failed:
    """What `error`, raised while asking the app at `where` (scheme, host and port), means."""
    match error:
        case aiohttp.ClientConnectorCertificateError():
            return _certificate(error.certificate_error, where)
        case aiohttp.ClientConnectorSSLError():
            return Failed(11220, f"No TLS connection with {where}: {error.os_error}.", cause="ct")
        case Refused() | aiohttp.ClientConnectorError(os_error=Refused()):
            return Failed(11205, str(getattr(error, "os_error", error)))
        case aiohttp.ClientConnectorDNSError():
            return Failed(11210, f"The name in {where} could not be found: {error.os_error}.")
        case aiohttp.ClientConnectorError(os_error=ConnectionRefusedError()):
            return Failed(11205, f"Nothing listens at {where}: the connection was refused.", cause="ct")
        case aiohttp.ClientConnectorError(os_error=ConnectionError()) if where.startswith("https:"):
            # TCP was there, or it would have been refused or timed out: the app left in the handshake.
            return Failed(11220, f"{where} ended the connection in the TLS handshake.", cause="ct")
        case aiohttp.ClientConnectorError():
            return Failed(11205, f"No connection with {where}: {error.os_error}.", cause="ct")
        case aiohttp.ConnectionTimeoutError():
            return Failed(11205, f"No connection with {where} within {limits.connect:g} s.", cause="ct")
        case aiohttp.SocketTimeoutError():
            return Failed(11200, f"{where} was silent for {limits.read:g} s.", cause="rt")
        case TimeoutError():
            return out_of_time(limits, attempts)
        case aiohttp.InvalidURL() | UnicodeError():
            return Failed(11100, f"{where} is not a URL that can be requested.")
        case aiohttp.ClientResponseError():
            return Failed(11206, f"What {where} sent is not HTTP: {error.message}.")
        case aiohttp.ServerDisconnectedError():
            return Failed(11206, f"{where} closed the connection without an answer.")
    return Failed(11206, f"The answer of {where} broke off: {error}.")


def _certificate(error: Exception, where: str) -> Failed:
    code = error.verify_code if isinstance(error, ssl.SSLCertVerificationError) else 0
    if code in _OUT_OF_DATE:
        return Failed(11236, f"The certificate of {where} is out of date.", cause="ct")
    if code in _OTHER_NAME or (isinstance(error, ssl.CertificateError) and not code):
        return Failed(11235, f"The certificate of {where} is for another name.", cause="ct")
    return Failed(
        11237, f"The certificate of {where} is not trusted: {getattr(error, 'verify_message', error)}.", cause="ct"
    )
