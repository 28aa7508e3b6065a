"""The tags that mark what the factory owns in Service Catalog."""

# Two keys, because the tags of portfolio and product meet on what is launched.
PORTFOLIO_TAG = "factory:portfolio"
PRODUCT_TAG = "factory:product"
