// The room LimbProfile.
