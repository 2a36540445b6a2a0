"""The report as a static site: pages that need no server, no network and no script."""
