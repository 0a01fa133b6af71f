"""Name the settings that all tests' deployments have, their secrets first."""

SECRETS = {
    "SECRET_KEY": "planted-secret-0123456789-abcdefghijklm",
    "JWT_APIKEY_SECRET": "planted-apikey-0123456789-nopqrstuvwxyz",
    "JWT_SESSION_SECRET": "planted-session-0123456789-ABCDEFGHIJKL",
    "ENCRYPTION_KEYS": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    # No secret, but what all tests begin with: their routers are simulated on this machine.
    "ALLOW_PRIVATE_TARGETS": "true",
}
