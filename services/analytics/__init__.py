"""The figures of the business: a warehouse beside the database, metrics over it, and the rows behind each."""
