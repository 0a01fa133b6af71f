"""Look after people's ways in: who may enter, open sessions, one's own account, lost passwords."""

from portal.panel.people import account, forgotten, own_email, own_sessions, second_step, staff

VIEWS = (account, forgotten, own_email, own_sessions, second_step, staff)
