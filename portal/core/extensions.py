"""Make the Flask extensions once; `create_app` binds them to an application."""

from __future__ import annotations

from flask_sqlalchemy import SQLAlchemy

from portal.core.records import Base

db = SQLAlchemy(metadata=Base.metadata)
