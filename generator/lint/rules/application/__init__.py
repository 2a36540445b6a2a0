"""Rules over Argo CD Applications."""
