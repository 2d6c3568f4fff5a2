"""The revision that this version of hoyhoy works with."""

HEAD = "4d07e85150bc"
