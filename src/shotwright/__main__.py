"""`python -m shotwright` is the command."""

from shotwright.cli.main import console

if __name__ == "__main__":
    console()
