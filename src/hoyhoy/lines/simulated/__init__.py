"""The simulated network: every telephone number that no trunk claims is a virtual phone.

It is a line like any other, used by people by default and by our own tests: network.py finds the
phone, phone.py is what it does when it rings, leg.py is its part in a call.
"""
