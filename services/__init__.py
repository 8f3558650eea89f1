"""Business façades: one package per domain, one verb per business sentence."""
