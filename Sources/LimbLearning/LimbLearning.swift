// The room LimbLearning.
