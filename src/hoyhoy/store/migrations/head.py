"""The revision that this version of hoyhoy works with."""

HEAD = "01ddebf70794"
