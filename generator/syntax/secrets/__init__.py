"""What looks like a secret, and text as it may be shown."""
