"""Let a device online to pay: promise P3's one exception, and all that walls it in.

Banks confirm cards on hosts of their own, and SPEI is paid in the bank's app: neither can stand in
a walled garden. So while a sale waits for its buyer, the device that the sale is kept for may be
let in, for ten minutes and at 256 kbit/s.
"""
