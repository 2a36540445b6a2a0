"""Layers to one service, and the service to its documents."""
