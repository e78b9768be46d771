// The room LimbControl.
