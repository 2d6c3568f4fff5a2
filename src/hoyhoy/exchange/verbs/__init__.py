"""TwiML verbs: one file each, in a package for voice and one for messaging."""
