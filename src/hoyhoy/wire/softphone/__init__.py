"""The signalling of browser phones: JSON frames on a WebSocket (official clients B3 to B6).

`heard` reads what an SDK says, `said` writes what the exchange says; both families of the vendor's JavaScript SDK
speak the same.
"""
