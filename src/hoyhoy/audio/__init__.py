"""Arithmetic on samples: pure, on NumPy arrays, for one sound or for all legs at once.

A *sound* is an int16 array at 8,000 samples a second; a *frame* is 20 ms of it, 160 samples. Where a
function takes frames, rows are legs.
"""

RATE = 8000
"""Samples a second."""

FRAME = 160
"""Samples of one frame."""

FRAME_SECONDS = FRAME / RATE
