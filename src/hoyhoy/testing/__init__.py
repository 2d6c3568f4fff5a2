"""Testing calls like web pages: the pytest plug-in and its phones."""
