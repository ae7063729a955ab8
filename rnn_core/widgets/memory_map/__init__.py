"""Which earlier characters a prediction depends on."""
