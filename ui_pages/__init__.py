"""Pages of 掌柜, on NiceGUI."""
