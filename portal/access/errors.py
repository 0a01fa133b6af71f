"""Tell a buyer why an access cannot be added to."""

from __future__ import annotations

from portal.core.errors import Invalid


class NothingToExtend(Invalid):
    """Say the same of what is wrong and of what is over, so that nobody learns which it is."""

    detail = (
        "No hay un acceso activo con ese código. Revise el código y su contraseña, "
        "o compre un acceso nuevo."
    )

    def __init__(self) -> None:
        super().__init__(errores={"extiende": [self.detail]})
