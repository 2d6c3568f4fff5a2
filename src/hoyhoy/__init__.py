"""hoyhoy: a telephone exchange you run yourself, programmable with Twilio's API.

How one call flows, with the files it passes:

    POST Calls.json -> rest/api2010/calls -> exchange/switchboard.place_call -> exchange/call
    a phone dials   -> lines/simulated/phone -> exchange/switchboard.incoming -> exchange/call
    the call performs its documents -> exchange/performance -> callbacks/fetch -> wire/twiml
      -> exchange/verbs/voice/<verb> -> exchange/leg -> lines/simulated/leg
    every change -> exchange/events -> store/journal (row, event and callback in one transaction)
      -> bus/feed (timeline, lab, tests) and callbacks/outbox (status callbacks)

From the switchboard on, the path is the same for every line. docs/map.md tells it at length.
"""

__version__ = "0.1.0"
