"""The live capture of a face: one WebSocket, from the consent to the template, in the memory of one web process."""
