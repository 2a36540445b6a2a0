"""The Model Context Protocol, over stdin and stdout."""
