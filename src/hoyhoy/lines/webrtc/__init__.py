"""Browser phones: the official JavaScript SDKs as far ends, with all that they fetch and tell (official-clients B)."""
