"""Generated code: the shipped templates and schemas as Python. See tools/."""
