"""Proof by the real Helm: what Argo CD would apply, and whether it holds together."""
