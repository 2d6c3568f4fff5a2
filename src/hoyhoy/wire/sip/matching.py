"""Which transaction a message belongs to (RFC 3261 17.1.3, 17.2.3, 9.2, 8.2.2.2). Keys are plain tuples for a dict."""

from __future__ import annotations

from .message import Request, Response

Key = tuple[str, ...]


def client_key(message: Request | Response) -> Key:
    """Of a request we send, and of each response to it: the topmost branch and the method of CSeq."""
    return "client", message.via.branch.lower(), message.cseq.method


def server_key(request: Request) -> Key:
    """Of a request that came, the same when it comes again; the ACK for a refusal has the key of its INVITE."""
    return _server_key(request, "INVITE" if request.method == "ACK" else request.method)


def canceled_key(request: Request) -> Key:
    """The key of the INVITE that a CANCEL is for."""
    return _server_key(request, "INVITE")


def _server_key(request: Request, method: str) -> Key:
    via = request.via
    if via.is_modern:
        # The sent-by keeps apart clients that make the same branches, by accident or on purpose.
        return "server", via.branch.lower(), via.sent_by, method
    # RFC 2543: no branch to trust, so all that does not change between INVITE, ACK and CANCEL.
    return "2543", str(request.uri), request.from_.tag, request.call_id, str(request.cseq.number), str(via), method


def merged_key(request: Request) -> Key | None:
    """Of a request outside a dialog: when it came before by another way, it is answered with 482 (8.2.2.2)."""
    if request.to.tag:
        return None
    return "merged", request.from_.tag, request.call_id, str(request.cseq)
