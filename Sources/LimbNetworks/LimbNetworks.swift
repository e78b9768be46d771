// The room LimbNetworks.
