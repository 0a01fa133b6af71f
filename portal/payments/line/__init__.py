"""Speak HTTP/1.1 with one host on connections that are kept: as little as JSON over it needs."""
