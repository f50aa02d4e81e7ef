"""For tests, ours and yours: the conformance suite of providers and servers that speak each vendor's wire format."""
