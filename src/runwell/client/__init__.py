"""The protocol's HTTP and GraphQL client: for sync, the api, artifacts, and the SDK's few questions."""
