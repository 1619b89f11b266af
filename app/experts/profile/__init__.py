"""What an expert of the pool says of themself: fields, languages, publications."""
