"""The revision that this version of hoyhoy works with."""

HEAD = "24e644d7154b"
