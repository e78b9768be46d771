// The room LimbOperations.
