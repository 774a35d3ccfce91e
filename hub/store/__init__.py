"""Tables, migrations, and one module for each aggregate."""
