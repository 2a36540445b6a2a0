"""The files of a workspace as objects: specs, environments, presets, profiles, templates."""
