// The room LimbDevices.
