"""What the commands of `aduan` do, one module each; `hub.cli` gives them their names and options."""
