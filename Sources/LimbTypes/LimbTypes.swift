// The room LimbTypes.
