"""Drive browsers, which reach nothing but this machine."""
