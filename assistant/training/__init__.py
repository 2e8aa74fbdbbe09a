"""Trains what understands messages, on exemplars of this program's own.

``python -m assistant.training`` tunes the sentence encoder, trains all heads and writes them beside
the exemplars; ``--measure`` judges each exemplar by an encoder and heads that never saw it or its
neighbours instead. No other part of the program imports this; it alone imports torch.
"""
