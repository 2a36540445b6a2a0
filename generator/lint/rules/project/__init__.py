"""Rules over AppProjects, and over Applications against their project."""
