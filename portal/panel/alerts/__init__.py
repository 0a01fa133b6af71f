"""Show what needs a hand, and choose by which ways owners hear of it."""

from portal.panel.alerts import channels, open_list

VIEWS = (open_list, channels)
