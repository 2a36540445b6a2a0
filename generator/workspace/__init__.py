"""The files of a workspace as nouns: specs, environments, presets, profiles, templates."""
