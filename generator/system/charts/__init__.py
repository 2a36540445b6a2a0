"""Chart packages and chart repositories."""
