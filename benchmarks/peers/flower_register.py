"""Registers the public keys of SuperNodes with Flower's own command, all in one process: flower_register.py CONNECTION KEY..."""

import sys

from flwr.cli.app import app

for key in sys.argv[2:]:
    app(["supernode", "register", key, sys.argv[1]], standalone_mode=False)
