"""One file = one page or one page family; registry.discover() finds them."""
