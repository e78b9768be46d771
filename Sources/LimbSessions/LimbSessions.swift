// The room LimbSessions.
