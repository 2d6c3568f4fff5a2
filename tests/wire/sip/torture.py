"""The messages of RFC 4475 (SIP torture tests) and RFC 5118 (the same for IPv6), by name and paragraph."""

from . import torture_application, torture_invalid, torture_valid
from .torture_valid import LONG_CALLER
from .torturing import TORTURES

__all__ = ["LONG_CALLER", "TORTURES", "torture_application", "torture_invalid", "torture_valid"]
