"""The passage that runs through all examples of the contract: its offsets and segments fit together."""

BEFORE, MATCH, AFTER = (
    "La réunion s’est tenue par visioconférence. ",
    "Le Luxembourg et le Maroc ont signé une déclaration d’intention.",
    " Elle porte sur le numérique.",
)
DOCUMENT_ID = "6e0b2d7a4c1f9358"
END = 2310 + len(BEFORE + MATCH + AFTER)
PERMALINK = f"/c/{DOCUMENT_ID}-2310-{END}-a1b2c3d4e5f60718"
