"""Who may be named in a Dial and cannot be called here."""

from __future__ import annotations

from typing import ClassVar

from hoyhoy.exchange.verbs.verb import Foreign


class Sim(Foreign):
    """A SIM card of the vendor's (voice reference 2.7.5)."""

    why: ClassVar[str] = "the vendor's SIM cards are not reached from here, so nobody is called there."
    code: ClassVar[int] = 13258


class WhatsApp(Foreign):
    """A WhatsApp user (voice reference 2.7.5)."""

    why: ClassVar[str] = "WhatsApp is not reached from here, so nobody is called there."
