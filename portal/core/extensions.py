"""The Flask extensions, made once and bound to an application by `create_app`."""

from __future__ import annotations

from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

from portal.core.records import Base

db = SQLAlchemy(metadata=Base.metadata)
migrate = Migrate(directory="migrations")
