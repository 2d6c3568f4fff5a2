"""The SIP line: sockets, transactions and time around the languages in `wire.sip`."""
