"""Say how the files get to a Debian's FreeRADIUS."""

from __future__ import annotations

FOLDER = "/etc/freeradius/portal"
NEXT = """
Son {count} archivos para la versión {version}. Llévelos al servidor RADIUS, y que los lea solo él:
  sudo install -d -m 750 -g freerad {folder}
  sudo install -m 640 -g freerad {out}/* {folder}/
  echo 'FREERADIUS_OPTIONS="-d {folder} -n radiusd"' | sudo tee /etc/default/freeradius
  sudo systemctl restart freeradius
Después: flask radius check"""
