"""From journals to a server: tail, batch, send, retry, cursor. Run by the companion and by ``runwell sync``."""
