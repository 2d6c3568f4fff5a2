"""G.711 by table, against the arithmetic of its paragraphs and the machine's own implementation of them."""

import numpy as np
import pytest

from hoyhoy.audio.g711 import SILENCE, Law, decode, encode

EVERY_CODE = np.arange(256, dtype=np.uint8)
EVERY_SAMPLE = np.arange(-32768, 32768).astype(np.int16)

# Values of the standard's tables 1a and 2a, scaled to 16 bits: code, value.
KNOWN = {
    Law.ULAW: [(0x00, -32124), (0x80, 32124), (0x7F, 0), (0xFF, 0), (0xFE, 8), (0x7E, -8)],
    Law.ALAW: [(0xD5, 8), (0x55, -8), (0xAA, 32256), (0x2A, -32256), (0x80, 5504), (0x00, -5504)],
}


@pytest.mark.parametrize("law", Law)
def test_known_values(law):
    for code, value in KNOWN[law]:
        assert decode(np.array([code], np.uint8), law)[0] == value, hex(code)


@pytest.mark.parametrize("law", Law)
def test_a_code_comes_back(law):
    back = encode(decode(EVERY_CODE, law), law)
    assert (decode(back, law) == decode(EVERY_CODE, law)).all()


@pytest.mark.parametrize("law", Law)
def test_each_sample_gets_the_nearest_value(law):
    values = np.unique(decode(EVERY_CODE, law)).astype(np.int32)
    nearest = np.abs(EVERY_SAMPLE.astype(np.int32)[:, None] - values[None, :]).min(axis=1)
    error = np.abs(decode(encode(EVERY_SAMPLE, law), law).astype(np.int32) - EVERY_SAMPLE)
    assert (error == nearest).all()


@pytest.mark.parametrize("law", Law)
def test_it_rises_and_is_symmetric(law):
    values = decode(encode(EVERY_SAMPLE, law), law).astype(np.int32)
    assert (np.diff(values) >= 0).all()
    assert (decode(EVERY_CODE, law).astype(np.int32) == -decode(EVERY_CODE ^ 0x80, law).astype(np.int32)).all()


@pytest.mark.parametrize("law", Law)
def test_silence(law):
    assert abs(decode(np.array([SILENCE[law]], np.uint8), law)[0]) <= 8
    assert (
        decode(encode(np.zeros(3, np.int16), law), law).tolist()
        == decode(np.full(3, SILENCE[law], np.uint8), law).tolist()
    )


def test_any_shape():
    frames = np.arange(320, dtype=np.int16).reshape(2, 160)
    assert encode(frames).shape == decode(encode(frames)).shape == (2, 160)
