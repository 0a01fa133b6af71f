"""Simulate a mail server, which keeps what it is given and minds RFC 5321.

In a test: `with SmtpSandbox() as server:` and point SMTP_PORT at `server.port`.
"""

from portal.sandbox.smtp.sandbox import SmtpSandbox

__all__ = ["SmtpSandbox"]
