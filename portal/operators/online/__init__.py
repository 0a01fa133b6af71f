"""Look at who is online, and do for a customer what an operator can: devices, time, data."""
