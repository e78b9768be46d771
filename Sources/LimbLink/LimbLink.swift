// The room LimbLink.
