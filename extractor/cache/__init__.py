"""What is kept between runs: results in SQLite, fetched pictures, files written whole, locks."""
