"""The options of every command that starts an exchange, and the Settings that they make."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from .settings import (
    MEDIA_PORT,
    PORT,
    PROXY_PORT,
    SIP_PORT,
    SIPS_PORT,
    Settings,
    account_caps_from_file,
    data_folder,
    rules_from_file,
    trunks_from_file,
)

_PORT = click.IntRange(0, 65535)


def _ice_servers(context: click.Context, option: click.Parameter, urls: tuple[str, ...]) -> tuple[str, ...]:
    for url in urls:
        if url.partition(":")[0] not in ("stun", "stuns", "turn", "turns"):
            raise click.BadParameter(f"{url!r} is not like stun:host:port or turn:host:port?transport=udp")
    return urls


def serving(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every command that starts an exchange, gathered into Settings."""
    options = (
        click.option("--data", type=click.Path(path_type=Path), default=None, help="Data folder."),
        click.option("--memory", is_flag=True, help="Keep nothing after the end."),
        click.option("--host", default="127.0.0.1", show_default=True, help="Address to bind."),
        click.option(
            "--port", type=_PORT, default=PORT, show_default=True, help="Port of API and lab; 0 takes a free one."
        ),
        click.option(
            "--proxy-port", type=_PORT, default=PROXY_PORT, show_default=True, help="Port that apps are redirected to."
        ),
        click.option("--database", default="", help="Another database: postgresql://user:password@host/name."),
        click.option("--virtual-time", is_flag=True, help="The clock stands still unless the lab drives it."),
        click.option("--seed", type=int, default=None, help="The same sids and codes in every run (tests)."),
        click.option("--strict", is_flag=True, help="Refuse unknown accounts and From numbers."),
        click.option("--lab/--no-lab", default=True, help="Serve the virtual phones under /lab/v1/."),
        click.option(
            "--map",
            "maps",
            multiple=True,
            metavar="PUBLIC=LOCAL",
            help="Send webhooks for a public URL to a local one; repeatable.",
        ),
        click.option(
            "--allow-network",
            "allow_networks",
            multiple=True,
            metavar="CIDR",
            help="Let webhooks go to this private network; repeatable.",
        ),
        click.option(
            "--ice-server",
            "ice_servers",
            multiple=True,
            metavar="URL",
            callback=_ice_servers,
            help="Tell browsers of this stun:, turn: or turns: server; repeatable.",
        ),
        click.option("--turn-secret", default="", help="What the TURN servers share with the exchange."),
        click.option(
            "--speech",
            default="",
            metavar="ENGINE",
            help="Who speaks: espeak, none, or an http URL; by default whoever is here.",
        ),
        click.option(
            "--recogniser",
            default="",
            metavar="URL",
            help="Who recognises the speech of telephones; what virtual phones say is known anyway.",
        ),
        click.option(
            "--media-host", default="", metavar="ADDRESS", help="Where RTP is listened for; by default --sip-host."
        ),
        click.option(
            "--media-port",
            type=_PORT,
            default=MEDIA_PORT,
            show_default=True,
            help="First UDP port of RTP; 0 takes free ones.",
        ),
        click.option(
            "--media-ports", type=click.IntRange(1, 1024), default=64, show_default=True, help="How many of them."
        ),
        click.option(
            "--media-processes",
            type=click.IntRange(1, 64),
            default=1,
            show_default=True,
            help="Processes that carry sound; each account's calls are on one.",
        ),
        click.option("--sip/--no-sip", default=True, help="Serve SIP phones and trunks."),
        click.option("--sip-host", default="", metavar="ADDRESS", help="Where SIP is listened for; by default --host."),
        click.option("--sip-port", type=_PORT, default=None, help=f"UDP and TCP port of SIP.  [default: {SIP_PORT}]"),
        click.option("--sips-port", type=_PORT, default=None, help=f"Port of SIP over TLS.  [default: {SIPS_PORT}]"),
        click.option(
            "--sip-name",
            "sip_names",
            multiple=True,
            metavar="HOST",
            help="A name by which phones know this exchange; repeatable.",
        ),
        click.option(
            "--sip-advertise",
            "sip_advertised",
            default="",
            metavar="ADDRESS",
            help="Behind a NAT: the address that far ends see.",
        ),
        click.option("--sip-anywhere", is_flag=True, help="Let apps call SIP addresses of any public host."),
        click.option(
            "--sip-certificate",
            type=click.Path(path_type=Path, exists=True, dir_okay=False),
            default=None,
            help="PEM file of certificate, chain and key for SIP over TLS.",
        ),
        click.option(
            "--sip-lateness",
            type=click.FloatRange(0, 10),
            default=0.05,
            show_default=True,
            metavar="SECONDS",
            help="How late an overloaded exchange may be before it refuses calls by SIP; 0: never.",
        ),
        click.option(
            "--drain",
            type=click.FloatRange(0, 86400),
            default=0.0,
            metavar="SECONDS",
            help="How long calls may go on when the exchange is stopped; a second Ctrl-C ends them.",
        ),
        click.option(
            "--metrics", is_flag=True, help="Show numbers at /metrics to whoever asks; on loopback they are anyway."
        ),
        click.option("--until-unused", is_flag=True, hidden=True),
    )
    for option in reversed(options):
        command = option(command)
    return command


def settings_of(
    *, memory: bool, data: Path | None, maps: tuple[str, ...], allow_networks: tuple[str, ...], **rest: Any
) -> Settings:
    from .callbacks.guard import Guard
    from .callbacks.target import Map
    from .wire.errors import Fault

    pairs = []
    for one in maps:
        public, equals, local = one.partition("=")
        try:
            Map(public, local)
        except Fault as fault:
            reason = fault.message if equals else f"{one!r} is not PUBLIC=LOCAL"
            raise click.BadParameter(reason, param_hint="--map") from None
        pairs.append((public, local))
    try:
        Guard(allow_networks)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--allow-network") from None
    if memory and rest["database"]:
        raise click.BadParameter("--memory keeps nothing, the key of that database neither", param_hint="--database")
    return Settings(
        data=None if memory else data or data_folder(),
        maps=tuple(pairs),
        allow_networks=allow_networks,
        trunks=trunks_from_file(Path.cwd()),
        account_caps=account_caps_from_file(Path.cwd()),
        rules=rules_from_file(Path.cwd()),
        **rest,
    )
