"""Rules over ApplicationSets."""
