"""Run a shop to try: the application, its worker and all sandboxes, furnished.

`flask demo` runs it. Everything it keeps lies in an instance folder, so that a later start
finds the same company, router, key and sales again.
"""

from portal.sandbox.demo.demo import serve
from portal.sandbox.demo.errors import DemoError
from portal.sandbox.demo.facts import Facts
from portal.sandbox.demo.guide import calls, calls_of_running, guide

__all__ = ["DemoError", "Facts", "calls", "calls_of_running", "guide", "serve"]
