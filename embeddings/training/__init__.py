"""How the bundled French-English model is made; needs the extra ``train`` and is never imported to serve.

Run as ``python -m embeddings.training STEP``; the steps and their order are in ``__main__``, the recipe and
what came out of it in ``embeddings/bundled/README.md``.
"""
