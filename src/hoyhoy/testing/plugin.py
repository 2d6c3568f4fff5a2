"""The pytest plug-in of hoyhoy: fixtures of an exchange in virtual time."""
