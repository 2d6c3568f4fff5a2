"""The media plane: one tick, all calls (docs/map.md).

Every array has one row per leg, and each step handles all rows at once. `plane` is the whole, without
sockets: frames come in, frames go out, and what happens on the way is told as events.
"""
