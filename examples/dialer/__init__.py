"""Dialer: a telephone in the browser, with voicemail, for the people who answer a number together."""
