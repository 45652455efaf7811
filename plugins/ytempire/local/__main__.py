"""`python -m ytempire.local up|down|status|clean`: what the Makefile runs."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.markup import escape

from ytempire.errors import YTEmpireError
from ytempire.local.down import clean, down
from ytempire.local.status import status
from ytempire.local.up import up


def main(arguments: list[str]) -> int:
    """Run one command. Returns the exit status: 0 well, 1 failed or not healthy, 2 not known."""
    console = Console()
    commands = {"up": up, "down": down, "clean": clean, "status": status}
    if len(arguments) != 1 or arguments[0] not in commands:
        console.print(f"Usage: python -m ytempire.local {'|'.join(commands)}", markup=False)
        return 2
    try:
        result = commands[arguments[0]](console)
    except YTEmpireError as error:
        console.print(f"[red bold]{escape(error.message)}[/]", highlight=False)
        if error.remedy:
            console.print(escape(error.remedy), highlight=False)
        return 1
    except KeyboardInterrupt:
        console.print("\nStopped. What was started runs on; `make down` ends it.")
        return 130
    return 1 if result is False else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
