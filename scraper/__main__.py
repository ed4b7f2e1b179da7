"""`python -m scraper …` is the command `kaifaqu …`."""

from scraper.commands import main

if __name__ == "__main__":
    main()
