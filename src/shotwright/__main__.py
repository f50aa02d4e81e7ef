"""`python -m shotwright` is the command."""

from shotwright.cli.main import main

if __name__ == "__main__":
    main()
