"""Legs of aiortc in one process, as another program would have them: `python bench/_aiortc.py LEGS`.

Each says a tone and takes what it hears; a line of JSON each way brings its description and ours. It ends with its
input.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from contextlib import suppress

import aioice.ice
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError, MediaStreamTrack
from av import AudioFrame

from hoyhoy.audio import RATE, tones

SAMPLES = tones.tone(0.02, 450).reshape(1, -1)


class Tone(AudioStreamTrack):
    """Twenty milliseconds of the same sound again and again."""

    async def recv(self) -> AudioFrame:
        silent = await super().recv()
        frame = AudioFrame.from_ndarray(SAMPLES, format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, silent.pts, silent.time_base
        return frame


async def listen(track: MediaStreamTrack) -> None:
    with suppress(MediaStreamError):
        while True:
            await track.recv()


async def main(legs: int) -> None:
    aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]
    connections, tasks, told = [], [], []
    for _ in range(legs):
        connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        connection.addTrack(Tone())
        connection.on("track", lambda track: tasks.append(asyncio.ensure_future(listen(track))))
        await connection.setLocalDescription(await connection.createOffer())
        sdp = connection.localDescription.sdp
        prints = dict.fromkeys(re.findall(r"^a=fingerprint:(\S+) (\S+)", sdp, re.M))
        told.append({"ufrag": re.search(r"^a=ice-ufrag:(\S+)", sdp, re.M)[1], "fingerprints": list(prints)})
        connections.append(connection)
    print(json.dumps(told), flush=True)
    loop = asyncio.get_running_loop()
    answers = json.loads(await loop.run_in_executor(None, sys.stdin.readline))
    for connection, answer in zip(connections, answers, strict=True):
        await connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    await loop.run_in_executor(None, sys.stdin.read)
    await asyncio.gather(*(connection.close() for connection in connections))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
