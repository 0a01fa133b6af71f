"""Run what somebody pastes into the router's terminal, as far as our kits need it."""

from portal.sandbox.routeros.terminal.runner import Runner, ScriptError
from portal.sandbox.routeros.terminal.typed import Typed, type_line

__all__ = ["Runner", "ScriptError", "Typed", "type_line"]
