"""`python -m scraper.demo --port 8800`: serve the demo portal by hand until interrupted."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys

from scraper.demo.server import serve


def main() -> int:
    """Parse the arguments and serve; 1 where the port is taken."""
    parser = argparse.ArgumentParser(
        prog="python -m scraper.demo", description="Serve the demo portal on loopback."
    )
    parser.add_argument("--port", type=int, default=8800, help="0 takes any free one (default: 8800)")
    parser.add_argument("--until-eof", action="store_true", help="end when standard input closes")
    args = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        try:
            asyncio.run(serve(args.port, lambda url: print(url, flush=True), until_eof=args.until_eof))
        except OSError as error:
            print(
                f"cannot listen on port {args.port}: {error.strerror}; name another --port", file=sys.stderr
            )
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
