"""The heart, and the only place that joins the parts. Its base (verify, recount) needs the base install only."""
