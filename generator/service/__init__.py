"""Merge layers into one service, and build its documents."""
