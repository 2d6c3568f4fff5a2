"""What every journey may ask for."""

from .browser import chromium  # noqa: F401
