"""Charts on their way into chart repositories: which, whether they are fit for it, and what is there already."""
