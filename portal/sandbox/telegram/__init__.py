"""Simulate Telegram: its Bot API over real HTTP, as strict as the real one.

In a test: `with TelegramSandbox() as telegram:` and point TELEGRAM_API_URL at `telegram.url`.
"""

from portal.sandbox.telegram.sandbox import Sent, TelegramSandbox

__all__ = ["Sent", "TelegramSandbox"]
