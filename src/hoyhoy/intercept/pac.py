"""A PAC file: browsers take Twilio's hosts to the exchange's port, and everything else its usual way. Pure.

The language is JavaScript (`FindProxyForURL(url, host)`). Chromium takes no file: URL for one, but a data: URL; Firefox
takes both (docs/browsers.md).
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from urllib.parse import urlsplit

from . import environment, hosts
from .tunnel import Upstream

KIND = "application/x-ns-proxy-autoconfig"
DIRECT = "DIRECT"


def script(proxy: str, otherwise: str = DIRECT, exempt: tuple[str, ...] = ()) -> str:
    """The file for a port at `proxy` (`http://host:port`).

    `otherwise` is the way of other hosts in the language of PAC ("PROXY host:port"), past which the names `exempt` and
    what is under them go directly.
    """
    ours = f"PROXY {urlsplit(proxy).netloc}"
    lines = [
        "function FindProxyForURL(url, host) {",
        '  host = host.toLowerCase().replace(/\\.$/, "");',
        "  function isUnder(domain) {",
        '    return host === domain || host.slice(-domain.length - 1) === "." + domain;',
        "  }",
        f"  if (isUnder({json.dumps(hosts.DOMAIN)})) return {json.dumps(ours)};",
    ]
    if otherwise != DIRECT and exempt:
        lines.append(f"  if ({json.dumps(list(exempt))}.some(isUnder)) return {json.dumps(DIRECT)};")
    return "\n".join([*lines, f"  return {json.dumps(otherwise)};", "}", ""])


def script_for(proxy: str, caller: Mapping[str, str]) -> str:
    """The same for a person whose environment may name a proxy, and hosts that do not go by it."""
    upstream = environment.upstream_of(caller, proxy)
    if upstream is None:
        return script(proxy)
    exempt = (caller.get("no_proxy") or caller.get("NO_PROXY") or "").split(",")
    names = [hosts.bare(entry.strip().removeprefix("*")).removeprefix(".") for entry in exempt]
    return script(proxy, _way(upstream), tuple(dict.fromkeys([*environment.LOCAL, *filter(None, names)])))


def as_url(text: str) -> str:
    """The file as a data: URL."""
    return f"data:{KIND};base64,{b64encode(text.encode()).decode()}"


def _way(upstream: str) -> str:
    """PAC's word for the caller's own proxy; DIRECT for one of a kind that cannot be chained to."""
    try:
        proxy = Upstream.parse(upstream)
    except ValueError:
        return DIRECT
    host = f"[{proxy.host}]" if ":" in proxy.host else proxy.host
    return f"{'HTTPS' if proxy.tls else 'PROXY'} {host}:{proxy.port}"
