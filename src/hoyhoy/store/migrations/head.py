"""The revision that this version of hoyhoy works with."""

HEAD = "544c73a1e6ed"
