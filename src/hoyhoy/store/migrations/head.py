"""The revision that this version of hoyhoy works with."""

HEAD = "59875bfcefa4"
