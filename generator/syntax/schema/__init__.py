"""JSON schemas: a quick yes, or every problem in words."""
