"""What runs beside the sound: reports (RFC 3550). Sound itself is read by columns, in `media`."""
