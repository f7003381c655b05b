"""Runs a script that uses NVIDIA FLARE's client API on an Evenkeel coordinator: ``python -m evenkeel flare``; needs nvflare.

The script calls ``flare.init()``, ``flare.receive()`` and ``flare.send()`` as before.
"""
