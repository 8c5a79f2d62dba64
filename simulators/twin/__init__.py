"""The hall's twin: the simulated hall from above, and any seat's unit, to press, pull and break by hand.

A visitor of the demo votes from here, and a chamber trains here. What the page shows is what stands at the
seats; what it does is what a hand can do there.
"""
