"""Tell what happened to a sale in sentences, ours and the gateway's, for whoever operates."""
