"""The same articles and questions in txtai, Haystack, LlamaIndex and LangChain; see `serve.py`.

Each runs in an environment of its own, `.venv-peers`, and imports nothing of Ibid but, in the variant `int8`,
its encoder.
"""
