"""The telephone: calls and texts placed through Twilio, its requests checked, and what we say to them."""

import asyncio
import logging
import re
from collections.abc import Callable, Coroutine
from typing import Any

from starlette.datastructures import ImmutableMultiDict
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http import HttpClient
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import Gather, VoiceResponse

from .settings import Settings
from .signups import Verdict

log = logging.getLogger("signup.phone")

NO_NUMBER = "This is not a phone number that can be called. Check the country code and the digits."
NO_SERVICE = "Our telephone line is out of order. Please try again in a few minutes."
REFUSALS = {
    21201: NO_NUMBER,
    21211: NO_NUMBER,
    21214: NO_NUMBER,
    21217: NO_NUMBER,
    13224: NO_NUMBER,
    21202: "We do not call premium-rate numbers.",
    21203: "We cannot call numbers in this country.",
    21215: "We cannot call numbers in this country.",
    21216: "We cannot call this number.",
    21219: "While we are trying things out, we can only call numbers that were verified before.",
    21408: "We cannot send texts to this country.",
    21610: "This phone has told us to STOP. Text START to our number first.",
    21612: "This number cannot receive our texts.",
    21614: "This number cannot receive texts.",
}
"""What is wrong with the person's number, by Twilio's error code; every other error is our own trouble."""


class Refused(Exception):
    """Twilio took no call or text. `sentence` is for the person; `is_number` when their number is why."""

    def __init__(self, sentence: str, is_number: bool) -> None:
        super().__init__(sentence)
        self.sentence, self.is_number = sentence, is_number


def normal(typed: str) -> str | None:
    """The number in E.164 form (+14155550123), or None. Blanks, dots, hyphens and brackets may stand in between."""
    number = re.sub(r"[\s().\-\u2010-\u2015\u00a0/]", "", typed)
    number = re.sub(r"^00", "+", number)
    return number if re.fullmatch(r"\+[1-9][0-9]{6,14}", number) else None


class Phone:
    """Our number at Twilio. The client of Twilio blocks, so each of its requests runs in a thread."""

    def __init__(self, settings: Settings, http: HttpClient | None = None) -> None:
        self.settings = settings
        self._client = Client(
            settings.twilio_account_sid, settings.twilio_auth_token, http_client=http or TwilioHttpClient(timeout=10)
        )
        self._validator = RequestValidator(settings.twilio_auth_token)
        self._placing: set[asyncio.Task[tuple[str, bool]]] = set()

    def url(self, path: str) -> str:
        return self.settings.public_url + path

    # Out ----------------------------------------------------------------------------------

    async def call(self, number: str, placed: Callable[[str], bool]) -> None:
        """Ring `number`; `placed` gets the call's sid and says whether the call is still wanted. Raises Refused."""

        def create() -> str:
            call = self._client.calls.create(
                to=number,
                from_=self.settings.twilio_number,
                url=self.url("/phone/ask"),
                status_callback=self.url("/phone/status"),
                status_callback_event=["initiated", "ringing", "answered", "completed"],
                timeout=self.settings.ring_seconds,
            )
            return str(call.sid)

        sid, is_wanted = await self._place(asyncio.to_thread(create), placed)
        if not is_wanted:
            await self.hang_up(sid)

    async def text(self, number: str, placed: Callable[[str], bool]) -> None:
        """Send `number` a text that asks for the code; `placed` gets the message's sid. Raises Refused."""

        def create() -> str:
            message = self._client.messages.create(
                to=number,
                from_=self.settings.twilio_number,
                body="Tin Can: reply with the code on your screen to finish signing up. Not you? Ignore this text.",
                status_callback=self.url("/sms/status"),
            )
            return str(message.sid)

        await self._place(asyncio.to_thread(create), placed)

    async def _place(self, create: Coroutine[Any, Any, str], placed: Callable[[str], bool]) -> tuple[str, bool]:
        async def place() -> tuple[str, bool]:
            sid = await create
            return sid, placed(sid)

        placing = asyncio.create_task(place())
        self._placing.add(placing)
        placing.add_done_callback(self._placing.discard)
        try:
            return await placing
        except TwilioRestException as error:
            log.warning("Twilio refused a request: %s %s", error.code, error.status)
            sentence = REFUSALS.get(error.code)
            raise Refused(sentence or NO_SERVICE, is_number=sentence is not None) from error
        except (TwilioException, OSError) as error:  # requests' own errors are OSErrors
            log.warning("Twilio was not reached: %s", type(error).__name__)
            raise Refused(NO_SERVICE, is_number=False) from error

    async def hang_up(self, sid: str, is_answered: bool = False) -> None:
        """End a call that is not needed any more. If that comes too late, the call itself will say so."""

        def end() -> None:
            try:
                self._client.calls(sid).update(status="completed" if is_answered else "canceled")
            except (TwilioException, OSError) as error:
                log.info("A call was not ended: %s", type(error).__name__)

        await asyncio.to_thread(end)

    # In -----------------------------------------------------------------------------------

    def is_genuine(self, path: str, fields: ImmutableMultiDict[str, str], signature: str) -> bool:
        """Whether Twilio, or whoever else knows our auth token, signed this request for our public URL."""
        return bool(self._validator.validate(self.url(path), fields, signature))

    async def settle(self) -> None:
        """Wait until the calls being placed have their sids: a webhook may overtake the answer that names its call."""
        if self._placing:
            await asyncio.wait(set(self._placing), timeout=5)

    def ask(self, before: str) -> str:
        """TwiML: say `before` and ask for the code. Silence comes to the action as well, with empty Digits."""
        length = self.settings.code_length
        answer = VoiceResponse()
        gather = Gather(
            action=self.url("/phone/code"),
            num_digits=length,
            finish_on_key="#",
            timeout=8,
            action_on_empty_result=True,
        )
        gather.say(before)  # inside, so that keys count from its first word on
        gather.say(f"Please key in the passcode on your screen. It has {length} digits.")
        answer.append(gather)
        return str(answer)

    def answer(self, verdict: Verdict) -> str:
        """TwiML for the code that was keyed."""
        match verdict:
            case Verdict.WRONG:
                return self.ask("That was not the code.")
            case Verdict.NOTHING:
                return self.ask("I did not get a code.")
        response = VoiceResponse()
        response.say(
            {
                Verdict.RIGHT: "Thank you. That is the code, and you are in. Goodbye.",
                Verdict.WRONG_LAST: "That was not the code either. Please ask for a new call on the page. Goodbye.",
                Verdict.NOTHING_LAST: "I still did not get a code. Please ask for a new call on the page. Goodbye.",
                Verdict.EXPIRED: "This code has expired. Please ask for a new call on the page. Goodbye.",
            }.get(verdict, "This call is not needed any more. Goodbye.")
        )
        response.hangup()
        return str(response)

    def reply(self, verdict: Verdict) -> str:
        """TwiML for a text that came in. A number that waits for nothing gets no reply: it may be a machine too."""
        response = MessagingResponse()
        text = {
            Verdict.RIGHT: "Thank you. That is the code, and you are in.",
            Verdict.WRONG: "That was not the code. Please reply with the digits on your screen.",
            Verdict.WRONG_LAST: "That was not the code either. Please ask for a new text on the page.",
            Verdict.NOTHING: f"Please reply with the {self.settings.code_length} digits on your screen.",
            Verdict.EXPIRED: "This code has expired. Please ask for a new text on the page.",
        }.get(verdict)
        if text:
            response.message(text)
        return str(response)
