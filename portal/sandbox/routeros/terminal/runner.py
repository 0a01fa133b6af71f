"""Run a RouterOS script against the simulated router."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any

from portal.sandbox.routeros.login_pages.files import reset_pages
from portal.sandbox.routeros.menus.changes import NOT_ALLOWED
from portal.sandbox.routeros.menus.errors import Trap
from portal.sandbox.routeros.sandbox import RouterSandbox
from portal.sandbox.routeros.terminal.fetching import NEAR, fetch
from portal.sandbox.routeros.terminal.nodes import Binary, Block, Call, Command, Not, Variable
from portal.sandbox.routeros.terminal.reader import read

CERTIFICATES = "/certificate"
FILES = "/file"
Scope = dict[str, Any]


class ScriptError(Exception):
    """Raise the script's own `:error`."""


class _Returned(Exception):
    """What a function gives back by `:return`."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


class Runner:
    """Run a terminal on the router. `said` is what scripts put there.

    The simulated router has no menu of certificates: the one that it shows stands here, and those
    that scripts make. `reaches` are the hosts that it fetches from, all where it is None.
    """

    def __init__(self, router: RouterSandbox, reaches: Collection[str] | None = NEAR) -> None:
        self.router = router
        self.reaches = reaches
        self.said: list[str] = []
        self.certificates = _standing(router)

    def run(self, script: str) -> None:
        """Run it from its beginning, as `/import` does."""
        self._block(read(script), {}, "")

    def _block(self, block: Block, outer: Scope, menu: str) -> None:
        # A variable belongs to its block; what is set further out stays set.
        scope = _Inner(outer)
        for statement in block.statements:
            self._value(statement, scope, menu)

    def _value(self, node: Any, scope: Scope, menu: str) -> Any:
        if isinstance(node, str):
            return node
        if isinstance(node, Variable):
            return scope[node.name]
        if isinstance(node, Block):
            return self._block(node, scope, menu)
        if isinstance(node, Not):
            return not self._value(node.operand, scope, menu)
        if isinstance(node, Binary):
            return self._binary(node, scope, menu)
        if isinstance(node, Call):
            named = {k: self._value(v, scope, menu) for k, v in node.named.items()}
            try:
                return self._block(scope[node.function.name], named, "")
            except _Returned as returned:
                return returned.value
        assert isinstance(node, Command)
        if node.menu == "":
            return self._builtin(node, scope, menu)
        return self._command(node, scope, menu if node.menu is None else node.menu)

    def _binary(self, node: Binary, scope: Scope, menu: str) -> Any:
        left, right = (self._value(side, scope, menu) for side in (node.left, node.right))
        operations: dict[str, Callable[[], Any]] = {
            "||": lambda: left or right,
            "&&": lambda: left and right,
            "=": lambda: _text(left) == _text(right),
            "!=": lambda: _text(left) != _text(right),
            ">=": lambda: int(left) >= int(right),
            ">": lambda: int(left) > int(right),
            "~": lambda: re.search(right, _text(left)) is not None,
            ".": lambda: _text(left) + _text(right),
            "+": lambda: int(left) + int(right),
            "*": lambda: int(left) * int(right),
        }
        return operations[node.operator]()

    def _builtin(self, node: Command, scope: Scope, menu: str) -> Any:
        if node.verb == "if":
            branch = "do" if self._value(node.positional[0], scope, menu) else "else"
            if branch in node.named:
                self._block(node.named[branch], scope, menu)
            return None
        if node.verb == "foreach":
            for item in self._value(node.named["in"], scope, menu):
                self._block(node.named["do"], _Inner(scope, {node.positional[0]: item}), menu)
            return None
        if node.verb == "do":
            return self._try(node, scope, menu)
        if node.verb in ("local", "set"):
            name, *rest = node.positional
            value = self._value(rest[0], scope, menu) if rest else None
            assert isinstance(scope, _Inner)
            scope.declare(name, value) if node.verb == "local" else scope.assign(name, value)
            return None
        return self._function(node.verb, [self._value(v, scope, menu) for v in node.positional])

    def _try(self, node: Command, scope: Scope, menu: str) -> None:
        try:
            self._block(node.positional[0], scope, menu)
        except (ScriptError, Trap, OSError):
            if "on-error" not in node.named:
                raise
            self._block(node.named["on-error"], scope, menu)

    def _function(self, name: str, args: list[Any]) -> Any:
        functions: dict[str, Callable[..., Any]] = {
            "put": lambda text: self.said.append(text),
            "error": _fail,
            "return": _give_back,
            "delay": lambda time: None,
            "parse": read,
            "len": len,
            "tostr": _text,
            "tonum": lambda text: int(text) if text.isdigit() else None,
            "typeof": lambda value: "num" if isinstance(value, int) else "nil",
            "find": _find,
            "pick": _pick,
        }
        return functions[name](*args)

    def _command(self, node: Command, scope: Scope, menu: str) -> Any:
        args = {k: _text(self._value(v, scope, menu)) for k, v in node.named.items()}
        positional = [self._value(v, scope, menu) for v in node.positional]
        if node.verb == "find":
            rows = self._rows(menu)
            return [r[".id"] for r in rows if self._matches(node.where, r, scope, menu)]
        if node.verb == "fetch":
            return self._fetch(args)
        if node.verb == "get":
            return self._get(menu, *positional)
        if node.verb == "add":
            return self._add(menu, args)
        if node.verb == "sign":
            [made] = [c for c in self.certificates if c["name"] == positional[0]]
            made["fingerprint"] = self.router.fingerprint or "ab"
            return None
        if node.verb == "move":
            self.router.execute(f"{menu}/move", numbers=",".join(positional[0]), **args)
            return None
        if not positional:
            self.router.execute(f"{menu}/{node.verb}", **args)
            return None
        for id_ in self._ids(menu, positional[0]):
            self._change(menu, node.verb, id_, args)
        return None

    def _fetch(self, args: dict[str, str]) -> None:
        if not self.router.ask(lambda device: device.permits("fetch")):
            raise Trap(NOT_ALLOWED)
        header = args.get("http-header-field", "").removeprefix("Content-Type: ")
        asked = (args["url"], args.get("http-method", "get"), args.get("http-data", ""), header)
        fetch(*asked, self.reaches)

    def _matches(self, where: Any, row: dict[str, str], scope: Scope, menu: str) -> bool:
        if where is None:
            return True
        if where.operator == "&&":
            sides = (where.left, where.right)
            return all(self._matches(side, row, scope, menu) for side in sides)
        if where.operator == "||":
            sides = (where.left, where.right)
            return any(self._matches(side, row, scope, menu) for side in sides)
        assert where.operator in ("=", "!=")
        wanted = _text(self._value(where.right, scope, menu))
        same = row.get(where.left, "") in (wanted, {"no": "false", "yes": "true"}.get(wanted))
        return same is (where.operator == "=")

    def _rows(self, menu: str) -> list[dict[str, str]]:
        return self.certificates if menu == CERTIFICATES else self.router.rows(menu)

    def _ids(self, menu: str, chosen: Any) -> list[str]:
        """The ids that a command was given, or that of the row of a name."""
        if isinstance(chosen, list):
            return chosen
        rows = self._rows(menu)
        return [r[".id"] for r in rows if chosen in (r[".id"], r.get("name"))]

    def _get(self, menu: str, *words: Any) -> Any:
        rows = self._rows(menu)
        if len(words) > 1:
            [id_] = self._ids(menu, words[0])
            rows = [row for row in rows if row[".id"] == id_]
        value = rows[0].get(words[-1], "")
        return {"true": True, "false": False}.get(value, value)

    def _add(self, menu: str, args: dict[str, str]) -> None:
        if menu == FILES:
            assert all(row["name"] != args["name"] for row in self._rows(FILES))
            self.router.upload(args["name"], args["contents"])
        elif menu == CERTIFICATES:
            self.certificates.append({".id": "*1", **args})
        else:
            self.router.execute(f"{menu}/add", **args)

    def _change(self, menu: str, verb: str, id_: str, args: dict[str, str]) -> None:
        if menu == FILES:
            [name] = [row["name"] for row in self._rows(FILES) if row[".id"] == id_]
            self.router.upload(name, args["contents"])
        elif menu == CERTIFICATES:
            self.certificates = [c for c in self.certificates if c[".id"] != id_]
        elif verb == "reset-html":
            self.router.ask(lambda device: reset_pages(device, "hotspot"))
        else:
            self.router.execute(f"{menu}/{verb}", numbers=id_, **args)


class _Inner(dict[str, Any]):
    """A block's variables before those of the blocks around it."""

    def __init__(self, outer: Scope, own: Scope | None = None) -> None:
        super().__init__(own or {})
        self._outer = outer

    def __missing__(self, name: str) -> Any:
        return self._outer[name]

    def declare(self, name: str, value: Any) -> None:
        self[name] = value

    def assign(self, name: str, value: Any) -> None:
        if name in self:
            self[name] = value
        else:
            assert isinstance(self._outer, _Inner), f"{name} was never declared"
            self._outer.assign(name, value)


def _standing(router: RouterSandbox) -> list[dict[str, str]]:
    """The certificate that the router shows, where it has one."""
    if router.fingerprint is None:
        return []
    [service] = [row for row in router.rows("/ip/service") if row["name"] == "api-ssl"]
    name = service.get("certificate", "")
    return [{".id": "*1", "name": name, "fingerprint": router.fingerprint}]


def _give_back(value: Any = None) -> None:
    raise _Returned(value)


def _fail(message: str) -> None:
    raise ScriptError(message)


def _find(text: str, part: str) -> int | None:
    at = text.find(part)
    return None if at < 0 else at


def _pick(value: Any, begin: str, end: str | None = None) -> Any:
    """A piece of a text, or an item of a list; nothing where there is none."""
    if end is not None:
        return value[int(begin) : int(end)]
    return value[int(begin)] if int(begin) < len(value) else None


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
