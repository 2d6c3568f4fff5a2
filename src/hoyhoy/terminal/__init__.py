"""What people see in a terminal: the live log, a phone, the demo."""
