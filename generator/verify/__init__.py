"""Verify with the real Helm what Argo CD would apply."""
