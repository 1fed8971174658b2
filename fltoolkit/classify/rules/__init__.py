"""Rule sets are data: what counts as forced labour stands in the YAML files here, and only there."""
