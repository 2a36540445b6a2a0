"""Read an existing config repository, write a workspace for it, and prove that no object in a cluster changes."""
