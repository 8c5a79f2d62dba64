"""The heart, and the only place that joins the parts. Verify and recount need the base install only."""
