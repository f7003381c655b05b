"""Builds the golden vectors."""
