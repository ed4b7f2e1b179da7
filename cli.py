"""The door: `python cli.py …` does what the installed command `kaifaqu …` does."""

from scraper.commands import main

if __name__ == "__main__":
    main()
