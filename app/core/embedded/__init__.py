"""The PostgreSQL that comes with the installation, for development and demonstration."""
