"""What every journey may ask for."""

from .browser import chromium  # noqa: F401
from .browser_office import chrome, desks, running_chrome  # noqa: F401
