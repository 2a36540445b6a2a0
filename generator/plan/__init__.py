"""A release before it happens, by the arithmetic of the controllers that will carry it out."""
