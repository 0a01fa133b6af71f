"""Say which value-added tax is usual."""

# Basis points: 16 %.
USUAL_VAT = 1600
