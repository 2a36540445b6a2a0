"""Release charts to chart repositories: select, check and push them."""
