"""The smallest network that does as well."""
