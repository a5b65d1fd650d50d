"""The register: who screened, who answered, who signed; append-only, each entry chained to the one before."""
