"""Do what an operator or a super-admin can do, without HTTP.

The JSON API, the panel, the command line and the demo all act through these functions.
Whoever calls has shaped the values by `rules`; what concerns the records is checked here.
Everything is scoped by company: another company's object is NotFound.
"""
