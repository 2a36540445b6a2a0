"""The commands as tools for agents; only `agents.protocol` knows the Model Context Protocol."""
