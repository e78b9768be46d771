// The room LimbSimulator.
