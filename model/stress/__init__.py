"""Attacks on the claim: named scenarios, single drivers to their breaking point, and the smallest combination that breaks."""
