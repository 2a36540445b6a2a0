"""Text to data and back: reading, schemas, templates, editing, emitting, versions and units."""
