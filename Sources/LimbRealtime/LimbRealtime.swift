// The room LimbRealtime.
