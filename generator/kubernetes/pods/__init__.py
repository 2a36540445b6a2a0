"""Pods as the API server validates them: one module for each part of a pod."""
