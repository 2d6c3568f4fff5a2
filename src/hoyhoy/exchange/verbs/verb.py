"""What a verb is: attributes declared as typed fields, and a coroutine that performs it.

A verb's file says everything about the element: its attributes with their defaults and the code
of the warning an illegal value earns, what may stand inside (`takes`), and what it does (`run`).
Reading never fails: an unknown attribute or element is a visible warning (12200), an illegal value
a warning with the verb's own code and the default instead (voice reference 1.3).

A family of verbs (voice, messaging) is a package; `family` lists it.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from types import ModuleType
from typing import Any, ClassVar, Self, dataclass_transform

from hoyhoy.wire.twiml import Element

Notice = Callable[[int, str], None]
"""Tell the customer: code, sentence."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """How one attribute is read: `read` raises ValueError when the value is illegal, which earns `code`."""

    read: Callable[[str], Any]
    code: int
    wire: str = ""


def _attribute(default: Any, read: Callable[[str], Any], code: int, wire: str = "") -> Any:
    return field(default=default, metadata={"attribute": Attribute(read, code, wire)})


def text(default: str = "", *, code: int = 12200, wire: str = "") -> Any:
    """Any text."""
    return _attribute(default, str, code, wire)


def url(default: str | None = None, *, code: int = 11100) -> Any:
    """A URL, absolute or relative; None when the attribute is absent."""
    return _attribute(default, str.strip, code)


def address(*, code: int = 12200) -> Any:
    """A URL that names another document than this one: an empty one, which means this document (1.6), would have it
    performed again and again. It counts as absent."""

    def read(raw: str) -> str:
        if not (found := raw.strip()):
            raise ValueError("a URL, and counts as absent")
        return found

    return _attribute(None, read, code)


def choice(*values: str, default: str, code: int, any_case: bool = False) -> Any:
    """One of `values`."""
    lawful = {v.lower() if any_case else v: v for v in values}

    def read(raw: str) -> str:
        if (key := raw.lower() if any_case else raw) not in lawful:
            raise ValueError(f"one of {', '.join(values)}")
        return lawful[key]

    return _attribute(default, read, code)


def several(*values: str, default: tuple[str, ...], code: int) -> Any:
    """Some of `values`, with blanks between them."""

    def read(raw: str) -> tuple[str, ...]:
        if not (asked := raw.split()) or not set(asked) <= set(values):
            raise ValueError(f"some of {', '.join(values)}")
        return tuple(asked)

    return _attribute(default, read, code)


def method(*, code: int) -> Any:
    """GET or POST in any case; POST by default."""
    return choice("GET", "POST", default="POST", code=code, any_case=True)


MOST = 2**31 - 1
"""The largest number that any attribute takes, as parameters of the API do: 68 years of seconds. Whatever one becomes,
frames of a plane or a moment of a clock, there is one."""

_WHOLE = re.compile(r"(-?)0*([0-9]{1,10})")


def whole(default: int | None, *, least: int, code: int, most: int = MOST) -> Any:
    """An integer from `least` to `most`."""

    def read(raw: str) -> int:
        written = _WHOLE.fullmatch(raw.strip())
        if written is None or not least <= (value := int(written[1] + written[2])) <= most:
            raise ValueError(f"a whole number from {least} to {most}")
        return value

    return _attribute(default, read, code)


def boolean(default: bool, *, code: int) -> Any:
    """true or false (voice reference 2)."""

    def read(raw: str) -> bool:
        if raw not in ("true", "false"):
            raise ValueError("true or false")
        return raw == "true"

    return _attribute(default, read, code)


def checked(default: Any, read: Callable[[str], Any], *, code: int) -> Any:
    """Whatever `read` accepts; its ValueError names what is lawful."""
    return _attribute(default, read, code)


@dataclass_transform(
    kw_only_default=True,
    field_specifiers=(text, url, address, choice, several, method, whole, boolean, checked),
)
class Verb:
    """Base of every verb and noun. `element` is the XML it was read from."""

    takes: ClassVar[tuple[str, ...]] = ()
    """Names of the verbs and nouns that may stand inside."""

    misplaced: ClassVar[int | None] = None
    """The code that all others inside earn, if the element has one of its own for that."""

    mixed: ClassVar[bool] = False
    """True: children are markup of the text (SSML), not verbs."""

    unused: ClassVar[Mapping[str, str]] = {}
    """Attributes and elements inside that hoyhoy reads past though they may be there, with the reason the customer is
    told."""

    element: Element = field(default=Element("", (), "", (), "", 0))
    nested: tuple[Verb, ...] = ()

    def __init_subclass__(cls) -> None:
        dataclass(kw_only=True, slots=False)(cls)

    @property
    def body(self) -> str:
        """The text inside, trimmed."""
        return self.element.text.strip()

    async def run(self, on: Any) -> None:
        """Perform the verb on a call or an exchange of messages."""
        raise NotImplementedError(type(self).__name__)

    @classmethod
    def read(cls, element: Element, family: Family, notice: Notice) -> Self:
        """The verb that `element` describes; what cannot be read is told to `notice`."""
        values: dict[str, Any] = {"element": element}
        attributes = _attributes(cls)
        where = f"Line {element.line}: <{element.name}>"
        for name, raw in element.attributes:
            if name in cls.unused:
                continue
            if not (known := attributes.get(name)):
                notice(12200, f"{where} has no attribute {name[:40]!r}; it is ignored.")
            else:
                python, attribute = known
                try:
                    values[python] = attribute.read(raw)
                except ValueError as error:
                    notice(attribute.code, f"{where}: {name}={raw[:40]!r} is not {error}; the default is used.")
        for why, names in _read_past(element, cls.unused).items():
            have = "have" if len(names) > 1 else "has"
            notice(12200, f"{where}: {', '.join(names)} {have} no effect here: {why}")
        if not cls.mixed:
            inside = tuple(child for child in element.children if child.name not in cls.unused)
            values["nested"] = read_all(inside, family, notice, cls.takes, element.name, cls.misplaced)
        return cls(**values)


dataclass(kw_only=True)(Verb)  # the base's own fields, which every verb inherits


class Foreign(Verb):
    """An element of Twilio's that hoyhoy does not perform: the customer is told `why`, and it is skipped with all that
    stands in it."""

    why: ClassVar[str] = ""
    code: ClassVar[int] = 12200

    @classmethod
    def read(cls, element: Element, family: Family, notice: Notice) -> Self:
        notice(cls.code, f"Line {element.line}: <{element.name}> is skipped: {cls.why}")
        values: dict[str, Any] = {"element": element}
        return cls(**values)


_known: dict[type[Verb], dict[str, tuple[str, Attribute]]] = {}


def _attributes(kind: type[Verb]) -> dict[str, tuple[str, Attribute]]:
    """By name on the wire: the field's name and how it is read."""
    if kind in _known:
        return _known[kind]
    found = {}
    for one in fields(kind):  # type: ignore[arg-type]
        attribute = one.metadata.get("attribute")
        if attribute:
            head, *rest = one.name.split("_")
            found[attribute.wire or head + "".join(part.capitalize() for part in rest)] = (one.name, attribute)
        assert one.default is not MISSING
    _known[kind] = found
    return found


def attribute_of(kind: type[Verb], name: str) -> Attribute:
    """How an attribute of a verb is read, by its name on the wire."""
    return _attributes(kind)[name][1]


def _read_past(element: Element, unused: Mapping[str, str]) -> dict[str, list[str]]:
    """By reason: what of this the element has, each named once."""
    attributes = [(name, f"{name}={raw[:40]!r}") for name, raw in element.attributes]
    inside = [(child.name, f"<{child.name}>") for child in element.children]
    found: dict[str, list[str]] = {}
    for name, written in dict.fromkeys(attributes + inside):
        if name in unused:
            found.setdefault(unused[name], []).append(written)
    return found


class Family(dict[str, type[Verb]]):
    """Verbs and nouns by their name on the wire. Elements of Twilio's that are none of them earn the code `strange`."""

    def __init__(self, found: Mapping[str, type[Verb]], strange: int = 12200) -> None:
        super().__init__(found)
        self.strange = strange


def family(package: ModuleType, strange: int = 12200) -> Family:
    """All verbs and nouns in the modules of `package`."""
    found = Family({}, strange)
    for module in pkgutil.iter_modules(package.__path__):
        namespace = importlib.import_module(f"{package.__name__}.{module.name}")
        found |= {
            name: kind
            for name, kind in vars(namespace).items()
            if isinstance(kind, type) and issubclass(kind, Verb) and kind.__module__ == namespace.__name__
        }
    return found


def read_all(
    elements: tuple[Element, ...],
    verbs: Family,
    notice: Notice,
    allowed: tuple[str, ...] | None,
    parent: str,
    misplaced: int | None = None,
) -> tuple[Verb, ...]:
    """The verbs of `elements`, skipping with a warning what is unknown or may not stand in `parent`; the code
    `misplaced` is for both."""
    found = []
    for element in elements:
        is_known, is_allowed = element.name in verbs, allowed is None or element.name in allowed
        where = f"Line {element.line}: <{element.name[:40]}>"
        if is_known and is_allowed:
            found.append(verbs[element.name].read(element, verbs, notice))
        elif is_known or misplaced:
            notice(misplaced or 12200, f"{where} may not stand in <{parent}>; it is skipped.")
        else:
            code = verbs.strange if element.name in TWILIOS else 12200
            notice(code, f"{where} {_unknown(element.name)}; it is skipped.")
    return tuple(found)


TWILIOS = frozenset(
    (
        "Connect",
        "Dial",
        "Echo",
        "Enqueue",
        "Gather",
        "Hangup",
        "Leave",
        "Pause",
        "Pay",
        "Play",
        "Prompt",
        "Queue",
        "Record",
        "Redirect",
        "Refer",
        "Reject",
        "Say",
        "Sms",
        "Start",
        "Stop",
        "Message",
        "Body",
        "Media",
        "Number",
        "Sip",
        "Client",
        "Conference",
        "Application",
        "Sim",
        "WhatsApp",
    )
)


def _unknown(name: str) -> str:
    if name in TWILIOS:
        return "is not something this version of hoyhoy can do here"
    if name.lower() in {known.lower() for known in TWILIOS}:
        return "is not a verb (names are case-sensitive)"
    return "is not a verb"
