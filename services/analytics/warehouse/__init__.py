"""The embedded warehouse: a DuckDB file beside the database, fed by changed ids, rebuilt whenever it is missing."""
