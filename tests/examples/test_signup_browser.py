"""The pages in a real browser: the dialog that stays, the form that goes on by itself, the keyboard, a lost line."""

import re

import pytest
from playwright.async_api import expect

pytestmark = [pytest.mark.journey, pytest.mark.patient]
PHONE = "+14155550123"


@pytest.fixture
async def site(make_world):
    """The app on loopback."""
    world = make_world(public_url="http://127.0.0.1")
    async with world.served() as port:
        world.page_url = f"http://127.0.0.1:{port}"
        yield world


async def fill_in(page, site):
    await page.goto(site.page_url)
    await page.get_by_label("User name").fill("ada")
    await page.get_by_label("Password").fill("correct horse")
    await page.get_by_label("Phone number").fill(PHONE)


async def sign_up(page, site):
    """Send the form; returns the code in the dialog."""
    await fill_in(page, site)
    await page.get_by_role("button", name="Call me and sign up").click()
    await expect(page.get_by_role("dialog", name="Calling you")).to_be_visible()
    return await page.locator("#code").text_content()


async def test_the_form_goes_on_by_itself(chromium, site):
    page = await chromium.new_page()
    faults = []
    page.on("pageerror", lambda error: faults.append(error))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    code = await sign_up(page, site)
    await site.call_status("ringing")
    await expect(page.get_by_role("dialog", name="Your phone is ringing")).to_be_visible()
    await site.ask()
    await expect(page.get_by_role("dialog", name="You are on the phone")).to_be_visible()
    await site.key("1")
    await expect(page.get_by_text("That was not the code. 2 tries left.")).to_be_visible()
    assert await page.locator("#code").text_content() == code
    await site.key(code)
    await expect(page.get_by_role("heading", name="You are in")).to_be_visible()
    await expect(page).to_have_url(f"{site.page_url}/welcome")
    await page.reload()
    await expect(page.get_by_text("Welcome to Tin Can, ada.")).to_be_visible()
    await page.go_back()  # to the form, which knows that all is done; the dialog is not in the history
    await expect(page.get_by_role("heading", name="You are in")).to_be_visible()
    assert faults == []


async def test_the_dialog_cannot_be_closed(chromium, site):
    page = await chromium.new_page()
    code = await sign_up(page, site)
    dialog = page.get_by_role("dialog")
    for _ in range(4):
        await page.keyboard.press("Escape")
        await expect(dialog).to_be_visible()
    await page.mouse.click(5, 400)
    await expect(dialog).to_be_visible()
    await page.evaluate("document.querySelector('dialog').close()")
    await expect(dialog).to_be_visible()
    assert await page.evaluate("document.querySelector('dialog').matches(':modal')")
    # What stands behind cannot be reached.
    for _ in range(8):
        await page.keyboard.press("Tab")
        assert await page.evaluate("!document.querySelector('#sign-up').contains(document.activeElement)")
    await page.reload()
    await expect(dialog).to_be_visible()
    assert await page.locator("#code").text_content() == code


async def test_all_of_it_by_keyboard(chromium, site):
    page = await chromium.new_page()
    await page.goto(site.page_url)
    await expect(page.get_by_label("User name")).to_be_focused()
    for text in ("ada", "correct horse", "555"):
        await page.keyboard.type(text)
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    phone = page.get_by_label("Phone number")
    await expect(phone).to_be_focused()  # the first field that is wrong
    await expect(phone).to_have_accessible_description(re.compile("^Write the number with . and the country code"))
    await phone.fill(PHONE)
    await page.get_by_label("Password").fill("correct horse")
    await page.keyboard.press("Enter")
    await expect(page.locator("#headline")).to_be_focused()
    await site.call_status("no-answer")
    await expect(page.get_by_role("dialog", name="Nobody answered")).to_be_visible()
    await expect(page.locator("#code")).to_be_hidden()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Call me again")).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name="We have sent you a text")).to_be_visible()
    await site.text(await page.locator("#code").text_content())
    await expect(page.get_by_role("heading", name="You are in")).to_be_visible()


async def test_a_lost_line_is_taken_up_again(chromium, make_world, tmp_path):
    settings = {"public_url": "http://127.0.0.1", "database": str(tmp_path / "signup.db")}
    site = make_world(**settings)
    page = await chromium.new_page()
    async with site.served() as port:
        site.page_url = f"http://127.0.0.1:{port}"
        code = await sign_up(page, site)
    await expect(page.get_by_text("The line to this page is lost.")).to_be_visible()
    after = make_world(**settings)
    async with after.served(port):
        await expect(page.get_by_text("The line to this page is lost.")).to_be_hidden()
        await after.key(code, sid=site.call_sid)
        await expect(page.get_by_role("heading", name="You are in")).to_be_visible()


async def test_a_refused_line_is_asked_for_again(chromium, site):
    page = await chromium.new_page()
    refusals = [502, 503]  # a proxy's, while the app behind it is started anew
    await page.route(
        "**/signup/events", lambda route: route.fulfill(status=refusals.pop()) if refusals else route.continue_()
    )
    code = await sign_up(page, site)
    await site.key(code)
    await expect(page.get_by_role("heading", name="You are in")).to_be_visible()
    assert refusals == []


async def test_a_sign_up_that_ended_in_another_tab(chromium, site):
    page, other = await chromium.new_page(), await chromium.new_page()
    await sign_up(page, site)
    await other.goto(site.page_url)
    await other.get_by_role("button", name="Use another number").click()
    for each in (page, other):
        await expect(each.get_by_role("button", name="Call me and sign up")).to_be_visible()
        await expect(each).to_have_url(f"{site.page_url}/")


async def test_without_a_script(chromium, site):
    page = await (await chromium.browser.new_context(java_script_enabled=False)).new_page()
    code = await sign_up(page, site)
    await site.call_status("ringing")
    await expect(page.get_by_role("dialog", name="Your phone is ringing")).to_be_visible()
    await site.key(code)
    await expect(page.get_by_role("heading", name="You are in")).to_be_visible()


async def test_nothing_is_cut_off(chromium, site):
    page = await chromium.new_page()
    await sign_up(page, site)
    await site.ask()
    await site.key("1")
    await expect(page.get_by_text("2 tries left")).to_be_visible()
    for width, height in ((320, 480), (390, 844), (844, 390), (1280, 800)):
        await page.set_viewport_size({"width": width, "height": height})
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        box = await page.get_by_role("dialog").bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
        assert box["y"] >= 0 and box["y"] + box["height"] <= height
