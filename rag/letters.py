"""Letters that pass for others: `re.IGNORECASE` takes them for alike, `str.lower` does not make them so."""

# Long s, i without a dot, capital i with one, the sign of kelvin: one code point each, so that places hold.
PLAIN = str.maketrans("\u017f\u0131\u0130\u212a", "siIK")
