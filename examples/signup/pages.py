"""The pages: plain files in templates/, filled with `$name`, everything escaped that is not ours."""

import hmac
from html import escape
from pathlib import Path
from string import Template

from starlette.responses import HTMLResponse

from .settings import Settings
from .store import SignUp
from .wording import describe

FOLDER = Path(__file__).parent / "templates"
FIELDS = ("user_name", "password", "phone")
REFRESH = '<noscript><meta http-equiv="refresh" content="2"></noscript>'


def fill(template: str, **values: str) -> str:
    """The values must be HTML already."""
    return Template((FOLDER / template).read_text("utf-8")).substitute(values)


def page(
    title: str, body: str, status: int = 200, head: str = "", headers: dict[str, str] | None = None
) -> HTMLResponse:
    return HTMLResponse(fill("base.html", title=escape(title), head=head, body=body), status, headers)


def token(cookie: str) -> str:
    """Stands in every form of the browser that holds `cookie`; other sites can know neither."""
    return hmac.new(cookie.encode(), b"form", "sha256").hexdigest()


def form(
    cookie: str,
    user_name: str = "",
    phone: str = "",
    errors: dict[str, str] | None = None,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> HTMLResponse:
    """The sign-up form; `errors` has a sentence by field name, or under "" for the form as a whole."""
    title = "Sign up" if not errors else "Sign up: please check"
    return page(title, _form(token(cookie), user_name, phone, errors or {}), status, headers=headers)


def _form(csrf: str, user_name: str, phone: str, errors: dict[str, str], inert: str = "") -> str:
    wrong = next((name for name in FIELDS if name in errors), "user_name")
    values = {"csrf": csrf, "user_name": escape(user_name), "phone": escape(phone), "inert": inert}
    alert = errors.get("")
    values["alert"] = f'<p class="alert" role="alert">{escape(alert)}</p>' if alert else ""
    for name in FIELDS:
        sentence = errors.get(name)
        values[f"{name}_error"] = f'<p class="error" id="{name}-error">{escape(sentence)}</p>' if sentence else ""
        described = f"{name}-error {name}-hint" if sentence else f"{name}-hint"
        values[f"{name}_state"] = f'aria-describedby="{described}"' + (' aria-invalid="true"' if sentence else "")
        if name == wrong and not inert:
            values[f"{name}_state"] += " autofocus"
    return fill("form.html", **values)


def dialog(cookie: str, signup: SignUp, settings: Settings, now: float) -> HTMLResponse:
    """The form as it was sent, and before it the dialog with the code."""
    view = describe(signup, settings, now)
    csrf = token(cookie)
    minutes, seconds = divmod(view["seconds_left"], 60)
    front = fill(
        "dialog.html",
        csrf=csrf,
        code=signup.code if view["is_waiting"] else "",
        phone=escape(signup.phone),
        state=view["state"],
        headline=escape(view["headline"]),
        sentence=escape(view["sentence"]),
        left=f"{minutes}:{seconds:02}",
        seconds_left=str(view["seconds_left"]),
        waiting_only="" if view["is_waiting"] else "hidden",
        call=view["call"],
        call_hidden="" if view["call"] else "hidden",
        text=view["text"],
        text_hidden="" if view["text"] else "hidden",
    )
    behind = _form(csrf, signup.user_name, signup.phone, {}, inert="inert")
    return page(view["headline"], behind + front, head=REFRESH if view["is_waiting"] else "")


def welcome(cookie: str, signup: SignUp) -> HTMLResponse:
    body = fill("welcome.html", csrf=token(cookie), user_name=escape(signup.user_name), phone=escape(signup.phone))
    return page("You are in", body)


def message(title: str, sentence: str, status: int, headers: dict[str, str] | None = None) -> HTMLResponse:
    body = fill("message.html", title=escape(title), sentence=escape(sentence))
    return page(title, body, status, headers=headers)
