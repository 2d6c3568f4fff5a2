"""The environment that leads an unmodified program here (official-clients A3). Pure.

Only what differs from the caller's environment is returned. Composing twice changes nothing, so
`run` inside `run` and `eval "$(hoyhoy env)"` in a shell that has it already are harmless.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from . import hosts
from .trust import BUNDLE_VARIABLES, JAVA_STORE_PASSWORD, TrustFiles

LOCAL = ("localhost", "127.0.0.1", "::1")
HOOKS = Path(__file__).with_name("hooks")


def compose(
    caller: Mapping[str, str],
    proxy: str,
    files: TrustFiles,
    *,
    account_sid: str = "",
    auth_token: str = "",
    api_key: str = "",
    api_secret: str = "",
    hooks: Path = HOOKS,
) -> dict[str, str]:
    """What to set on top of `caller` so that Twilio's clients reach the port at `proxy` (`http://host:port`).

    The account's credentials are left out when the caller has either of them, and so is its API key, which is
    of use with this account only.
    """
    changes = {"HTTPS_PROXY": proxy, "https_proxy": proxy}
    # HTTP_PROXY is left alone unless the caller has one: npm twilio would take its calls to that one (A2).
    changes |= {name: proxy for name in ("HTTP_PROXY", "http_proxy") if caller.get(name)}
    exempt = _exempt(caller.get("no_proxy") or caller.get("NO_PROXY") or "")
    changes |= {"NO_PROXY": exempt, "no_proxy": exempt}
    changes |= {name: str(files.bundle) for name in BUNDLE_VARIABLES if name != "TWILIO_CA_BUNDLE" or caller.get(name)}
    changes["NODE_EXTRA_CA_CERTS"] = str(files.node)
    changes["NODE_OPTIONS"] = _appended(caller.get("NODE_OPTIONS", ""), _node_require(hooks / "node" / "redirect.cjs"))
    changes["HOYHOY_TLS"] = urlsplit(proxy).netloc  # read by the Node hook
    changes["PYTHONPATH"] = _path_first(str(hooks / "python"), caller.get("PYTHONPATH", ""))
    changes["PHP_INI_SCAN_DIR"] = _path_last(caller.get("PHP_INI_SCAN_DIR", ""), str(files.php))
    if files.java:
        options = _java_options(proxy, files.java)
        changes["JAVA_TOOL_OPTIONS"] = _appended(caller.get("JAVA_TOOL_OPTIONS", ""), options)
    is_free = not (caller.get("TWILIO_ACCOUNT_SID") or caller.get("TWILIO_AUTH_TOKEN"))
    if account_sid and is_free:
        changes |= {"TWILIO_ACCOUNT_SID": account_sid, "TWILIO_AUTH_TOKEN": auth_token}
    is_ours = is_free or caller.get("TWILIO_ACCOUNT_SID") == account_sid
    if api_key and is_ours and not (caller.get("TWILIO_API_KEY") or caller.get("TWILIO_API_SECRET")):
        changes |= {"TWILIO_API_KEY": api_key, "TWILIO_API_SECRET": api_secret}
    return {name: value for name, value in changes.items() if caller.get(name) != value}


def export_lines(changes: Mapping[str, str]) -> list[str]:
    """`export NAME=value` for a Bourne shell, quoted."""
    return [f"export {name}={shlex.quote(value)}" for name, value in changes.items()]


def upstream_of(caller: Mapping[str, str], proxy: str) -> str | None:
    """The proxy that `caller` names for TLS, to which other hosts' CONNECTs are chained; never ourselves."""
    exempt = caller.get("no_proxy") or caller.get("NO_PROXY") or ""
    if "*" in (entry.strip() for entry in exempt.split(",")):
        return None
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        if value := caller.get(name, ""):
            value = value if "://" in value else f"http://{value}"
            return None if urlsplit(value).netloc == urlsplit(proxy).netloc else value
    return None


def _exempt(existing: str) -> str:
    """The caller's exemptions without those that would let a Twilio host pass us by, and loopback."""
    entries = [entry.strip() for entry in existing.split(",") if entry.strip()]
    kept = [entry for entry in entries if not _lets_us_out(entry)]
    return ",".join(kept + [entry for entry in LOCAL if entry not in kept])


def _lets_us_out(entry: str) -> bool:
    suffix = hosts.bare(entry.removeprefix("*")).removeprefix(".")
    return not suffix or hosts.is_ours(suffix) or hosts.DOMAIN.endswith("." + suffix)


def _node_require(hook: Path) -> str:
    """Node splits its options at blanks, except between double quotes, where a backslash escapes."""
    path = str(hook)
    if any(c in path for c in ' "\\'):
        path = '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"--require={path}"


def _java_options(proxy: str, store: Path) -> str:
    """The JVM splits at blanks, except between quotes."""
    url = urlsplit(proxy)
    properties = {
        "https.proxyHost": str(url.hostname),
        "https.proxyPort": str(url.port),
        "http.nonProxyHosts": "localhost|127.*|[::1]",  # Java's name for both schemes
        "javax.net.ssl.trustStore": str(store),
        "javax.net.ssl.trustStoreType": "PKCS12",
        "javax.net.ssl.trustStorePassword": JAVA_STORE_PASSWORD,
    }
    words = [f"-D{name}={value}" for name, value in properties.items()]
    return " ".join(f'"{word}"' if " " in word else word for word in words)


def _appended(existing: str, option: str) -> str:
    return existing if option in existing else f"{existing} {option}".strip()


def _path_first(folder: str, existing: str) -> str:
    if folder in existing.split(":"):
        return existing
    return f"{folder}:{existing}" if existing else folder


def _path_last(existing: str, folder: str) -> str:
    """An empty first entry stands for PHP's compiled-in folder (official-clients A2)."""
    return existing if folder in existing.split(":") else f"{existing}:{folder}"
