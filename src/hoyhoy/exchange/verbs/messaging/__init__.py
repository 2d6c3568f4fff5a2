"""Verbs of messaging documents; `reply` in every `run` is the Reply being made."""
