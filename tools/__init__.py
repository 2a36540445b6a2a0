"""What builds the generated code of this repository."""
