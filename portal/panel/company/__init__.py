"""Let owners say who they are, how their pages look and read, and by whom they are paid."""

from portal.panel.company import details, keys, looks, other_keys, texts

VIEWS = (details, looks, texts, keys, other_keys)
