"""Editor features for a file: the cursor's context, completions and hover texts."""
