"""The jars of the coordinator and of the command line, in the folder ``jars``; ``evenkeel.server`` starts them."""
