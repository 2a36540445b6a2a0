"""Tiphys: one pipeline spec per service in, reviewed Argo manifests out."""

__version__ = "0.1.0"
