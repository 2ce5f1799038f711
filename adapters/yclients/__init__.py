"""YClients: the client, the booking port and its simulator."""
