"""Verbs of voice documents; `call` in every `run` is the Call."""
