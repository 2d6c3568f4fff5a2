"""The dialer's page in a real browser, without any telephone: signing in, the keyboard, the masks, the looks.

What it does with Twilio's SDK is told in tests/journeys/test_dialer.py.
"""

import json
import os
import re
import socket

import pytest
from dialer_world import NUMBER, DialerWorld
from playwright.async_api import expect

pytestmark = [pytest.mark.journey, pytest.mark.patient]
CALLER, SHOWN, MASKED = "+14155550187", "+1 415 555 0187", "+1 415 *** **87"


@pytest.fixture
async def world():
    world = DialerWorld()
    async with world.served() as url:
        world.url = url
        yield world
    await world.close()


async def sign_in(page, world, password="difference-engine"):
    await page.goto(world.url)
    await page.get_by_label("Name", exact=True).fill("ada")
    await page.get_by_label("Password").fill(password)
    await page.keyboard.press("Enter")


async def test_signing_in_by_keyboard(chromium, world):
    page = await chromium.new_page()
    await page.goto(world.url)
    await expect(page.get_by_label("Name", exact=True)).to_be_focused()
    for text in ("ada", "wrong"):
        await page.keyboard.type(text)
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_have_text("The name or the password is wrong.")
    await expect(page.get_by_label("Password")).to_be_focused()
    await page.keyboard.type("difference-engine")  # over the wrong one, which is selected
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Number or name")).to_be_focused()
    await page.reload()
    await expect(page.get_by_role("heading", name="Phone")).to_be_visible()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()


async def test_page_and_tokens_on_two_ports(chromium):
    """Two origins of one host: CORS lets the page ask, and both services know the cookie."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    tokens = DialerWorld(("token",), allowed_origins=f"http://127.0.0.1:{port}")
    async with tokens.served() as token_url:
        page_alone = DialerWorld(("page",), token_url=token_url)
        async with page_alone.served(port) as page_alone.url:
            page = await chromium.new_page()
            await sign_in(page, page_alone)
            await expect(page.locator("#own")).to_have_text("Our number is +1 415 555 1234")
            token = await page.evaluate("import('/static/server.js').then(server => server.newToken())")
            assert token["identity"] == "ada"
            await page.get_by_role("button", name="Sign out").click()
            await page.reload()
            await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
        await page_alone.close()
    await tokens.close()


async def test_without_the_sdk_the_page_says_what_to_do(chromium, world):
    page = await chromium.new_page()
    await sign_in(page, world)
    await expect(page.locator("#device-state")).to_have_text("Out of order")
    await expect(page.locator("#trouble")).to_contain_text("npm install @twilio/voice-sdk")
    await expect(page.get_by_role("button", name="Try again")).to_be_visible()
    await expect(page.get_by_role("button", name="Call", exact=True)).to_be_disabled()


async def test_a_session_that_ended_leads_back_to_the_login(chromium, world):
    page = await chromium.new_page()
    await sign_in(page, world)
    await expect(page.get_by_label("Number or name")).to_be_visible()
    world.moment += 13 * 3600
    await page.get_by_label("Number or name").fill("bob")
    await page.locator("#dial").evaluate("form => form.requestSubmit()")
    await expect(page.locator("#login-error")).to_have_text("You are not signed in, or it was too long ago.")
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()


async def test_what_is_wrong_stands_at_the_field(chromium, world):
    page = await chromium.new_page()
    await sign_in(page, world)
    field = page.get_by_label("Number or name")
    for key in ("4", "Star", "0, hold for plus", "5"):
        await page.get_by_role("button", name=key, exact=True).click()
    await page.get_by_role("button", name="Erase the last digit").click()
    await expect(field).to_have_value("4*0")
    await page.get_by_role("button", name="0, hold for plus").click(delay=700)
    await expect(field).to_have_value("4*0+")
    await page.locator("#dial").evaluate("form => form.requestSubmit()")
    await expect(field).to_have_accessible_description(re.compile("^This is neither a phone number nor one of us"))
    await expect(field).to_be_focused()
    assert await field.get_attribute("aria-invalid") == "true"
    await field.fill("4")
    await expect(field).to_have_accessible_description("")


# Privacy -----------------------------------------------------------------------------------


async def test_how_everybody_is_shown(chromium, world):
    page = await chromium.new_page()
    await page.goto(world.url)
    parties = {
        CALLER: (SHOWN, MASKED),
        "+12025550199": ("+1 202 555 0199", "+1 202 *** **99"),
        "+442079460018": ("+44 207 946 0018", "+44 207 *** **18"),
        "+493012345678": ("+49 301 234 5678", "+49 301 *** **78"),
        "+4930123456": ("+49 301 234 56", "+49 3** *** 56"),
        "+35312345678": ("+353 123 456 78", "+353 1** *** 78"),
        "+5981234": ("+598 1234", "+598 ****"),
        "client:bob": ("bob", "bob"),
        "client:agent4155550187": ("agent4155550187", "agent**********"),
        "sip:eve@example.com": ("sip:eve@example.com", "sip:e***"),
        "4155550187": ("4155550187", "**********"),
        "": ("Withheld number", "Withheld number"),
        "anonymous": ("Withheld number", "Withheld number"),
        "+266696687": ("Withheld number", "Withheld number"),
        None: ("Withheld number", "Withheld number"),
    }
    told = await page.evaluate(
        "async parties => { const { shown } = await import('/static/privacy.js');"
        " return parties.map(party => [shown(party, false), shown(party, true)]) }",
        list(parties),
    )
    assert dict(zip(parties, map(tuple, told), strict=True)) == parties


async def test_of_every_number_enough_is_hidden(chromium, world):
    """Beside the country: whatever number calls, three of its digits or more are stars."""
    page = await chromium.new_page()
    await page.goto(world.url)
    numbers = [f"+{first}5678901234"[:length] for first in range(1, 1000, 7) for length in range(8, 14)]
    masked = await page.evaluate(
        "async numbers => { const { shown } = await import('/static/privacy.js');"
        " return numbers.map(number => shown(number, true)) }",
        numbers,
    )
    for number, mask in zip(numbers, masked, strict=True):
        assert mask.count("*") >= 3 and len(re.sub("[^0-9*]", "", mask)) == len(number) - 1, (number, mask)
        left = re.sub(r"^\+[0-9]{1,3} ", "", mask)
        assert len(re.sub("[^0-9]", "", left)) <= 5, (number, mask)


async def test_in_privacy_mode_no_number_is_in_the_page(chromium, world):
    await world.message(CALLER, "RE" + "1" * 32)
    page = await chromium.new_page()
    await sign_in(page, world)
    row = page.locator("#voicemails li")
    await expect(row).to_contain_text(SHOWN)
    await expect(page.locator("#own")).to_have_text("Our number is +1 415 555 1234")
    await page.get_by_role("switch", name="Privacy").set_checked(True, force=True)
    await expect(row).to_contain_text(MASKED)
    await expect(row.get_by_role("button").first).to_have_accessible_name(f"Call {MASKED}")
    await page.get_by_label("Number or name").fill(CALLER)
    await expect(page.get_by_label("Number or name")).to_have_css("-webkit-text-security", "disc")
    await expect(page.locator("#to-shown")).to_have_text(MASKED)
    whole = await page.content() + await page.title()
    assert [digits for digits in (CALLER[-7:], SHOWN[-8:], NUMBER[-7:], "555 1234") if digits in whole] == []
    await page.reload()
    await expect(row).to_contain_text(MASKED)  # from the first moment on
    await page.get_by_role("switch", name="Privacy").set_checked(False, force=True)
    await expect(row).to_contain_text(SHOWN)


# Voicemails --------------------------------------------------------------------------------


async def test_a_message_that_cannot_be_had_is_said(chromium, world, monkeypatch):
    for name in [name for name in os.environ if "proxy" in name.lower()]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")  # nobody listens there
    await world.message(CALLER, "RE" + "1" * 32)
    page = await chromium.new_page()
    await sign_in(page, world)
    said = page.locator("#voicemail-error")
    await page.get_by_role("button", name="Play").click()
    await expect(said).to_have_text("The message could not be fetched right now.")
    await page.get_by_role("button", name="Delete").click()
    await expect(page.get_by_role("button", name="Really delete?")).to_be_visible()
    await page.get_by_role("button", name="Really delete?").click()
    await expect(said).to_have_text("The message could not be deleted right now.")
    await expect(page.locator("#voicemails li")).to_be_visible()


# Looks -------------------------------------------------------------------------------------


async def test_nothing_is_cut_off(chromium, world):
    await world.message("+35312345678", "RE" + "1" * 32)
    page = await chromium.new_page()
    await sign_in(page, world)
    await expect(page.locator("#voicemails li")).to_be_visible()
    for width, height in ((320, 480), (390, 844), (844, 390), (1280, 800)):
        await page.set_viewport_size({"width": width, "height": height})
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        buttons = await page.evaluate(
            "[...document.querySelectorAll('button')].map(b => [b.textContent, b.scrollWidth > b.offsetWidth])"
        )
        assert [words for words, is_cut in buttons if is_cut] == [], json.dumps((width, buttons))


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_what_is_written_can_be_read(chromium, world, scheme):
    """WCAG 2.2, 1.4.3: a contrast of 4.5 between text and what is behind it."""
    await world.message(CALLER, "RE" + "1" * 32)
    page = await chromium.new_page()
    await page.emulate_media(color_scheme=scheme)
    await sign_in(page, world)
    await expect(page.locator("#voicemails li")).to_be_visible()
    poor = await page.evaluate(CONTRAST)
    assert poor == []


CONTRAST = """() => {
  const channels = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = element => {
    for (; element; element = element.parentElement) {
      const colour = channels(getComputedStyle(element).backgroundColor);
      if (colour[3] !== 0) return colour;
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const element of document.querySelectorAll("body *")) {
    const says = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
    if (!says || !element.checkVisibility() || element.disabled) continue;
    const [a, b] = [light(channels(getComputedStyle(element).color)), light(behind(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) poor.push(`${element.textContent.trim()}: ${contrast.toFixed(2)}`);
  }
  return poor;
}"""
