"""Recordings at Twilio: fetched for the page, so that no browser needs our credentials, and deleted."""

import asyncio

import requests
from starlette.exceptions import HTTPException
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from .settings import Settings

LARGEST = 32 * 1024 * 1024
"""Bytes: half an hour of telephone sound."""
SECONDS = 10.0
GONE = "This message is not there any more."
UNREACHED = "The message could not be fetched right now."


class Recordings:
    """Requests block, so each runs in a thread."""

    def __init__(self, settings: Settings, client: Client) -> None:
        self._client = client
        self._keys = (settings.twilio_api_key, settings.twilio_api_secret)
        self._folder = f"https://api.twilio.com/2010-04-01/Accounts/{settings.twilio_account_sid}/Recordings"

    async def sound(self, sid: str) -> bytes:
        """The recording as a WAV file. HTTPException 404 or 502."""
        return await asyncio.to_thread(self._fetch, f"{self._folder}/{sid}.wav")

    def _fetch(self, url: str) -> bytes:
        # The media are plain files, which the client of the API cannot fetch: it makes text of every answer.
        sound = b""
        try:
            with requests.get(url, auth=self._keys, timeout=SECONDS, stream=True) as answer:
                if answer.status_code == 404:
                    raise HTTPException(404, GONE)
                answer.raise_for_status()
                for piece in answer.iter_content(65536):
                    sound += piece
                    if len(sound) > LARGEST:
                        raise HTTPException(502, "This message is too long to be played here.")
        except requests.RequestException:
            raise HTTPException(502, UNREACHED) from None
        return sound

    async def delete(self, sid: str) -> None:
        """Delete it there; one that is gone already counts as deleted. HTTPException 502."""
        try:
            await asyncio.to_thread(self._client.recordings(sid).delete)
        except TwilioRestException as error:
            if error.status != 404:
                raise HTTPException(502, "The message could not be deleted right now.") from None
        except (TwilioException, OSError):  # requests' own errors are OSErrors
            raise HTTPException(502, "The message could not be deleted right now.") from None
