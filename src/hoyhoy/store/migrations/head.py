"""The revision that this version of hoyhoy works with."""

HEAD = "3385ddfeb2a2"
