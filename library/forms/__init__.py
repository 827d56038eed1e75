"""Every form of the site, one module for each module of views that shows them."""
