"""Find secrets, and mask them in text that is shown."""
