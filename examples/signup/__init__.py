"""Tin Can: a small web app whose sign-up is confirmed by a telephone call."""
