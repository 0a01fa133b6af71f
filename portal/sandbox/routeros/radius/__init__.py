"""Speak RADIUS as the router does: a client of servers, and to whoever changes its sessions.

Sources: RouterOS' manual (RADIUS client, hotspot) and RFC 2865, 2866, 2869 and 5176. Vouched for
by neither:

- a question is asked three times, byte for byte the same, before the next server is asked;
- accounting that nobody has answered is dropped, and the session goes on;
- local users are not accounted for;
- what the client sent is `Input`, and what `Recv` limits;
- a profile that an answer names and the router lacks is the default one.
"""
