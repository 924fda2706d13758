"""Prose over passages: composed by a language model, shown only where the cited words support it."""
