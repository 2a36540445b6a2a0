"""What an editor asks of a file: where its cursor stands, what can be written there, and what is known of it."""
