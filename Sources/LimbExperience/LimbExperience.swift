// The room LimbExperience.
