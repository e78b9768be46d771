// The room LimbDaemon.
