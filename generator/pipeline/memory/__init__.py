"""What earlier runs learned and made, so that a later one makes only what is not the same any more."""
