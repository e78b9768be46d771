// The room LimbTask.
