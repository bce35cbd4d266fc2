"""The promises, by what they are about. Importing a module registers what it holds."""
