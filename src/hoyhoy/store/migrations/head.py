"""The revision that this version of hoyhoy works with."""

HEAD = "4352b347a068"
