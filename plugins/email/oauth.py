"""Access tokens live about an hour: a command of the operator's prints a fresh one for each connection."""

from __future__ import annotations

import asyncio
import shlex

from hub.plugin import BadOptions, TryAgain

_PATIENCE = 30.0


async def print_token(command: str) -> str:
    """Run the command without a shell and give what it prints.

    Raises:
        BadOptions: there is no such command.
        TryAgain: it failed, was silent, or took longer than half a minute.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *shlex.split(command), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
        )
    except (OSError, ValueError) as error:
        raise BadOptions(f"oauth_token_command cannot be run ({type(error).__name__})") from None
    try:
        async with asyncio.timeout(_PATIENCE):
            token, _ = await process.communicate()
    except BaseException as error:
        process.kill()
        await process.wait()
        if isinstance(error, TimeoutError):
            raise TryAgain("oauth_token_command took too long") from None
        raise
    if process.returncode or not token.strip():
        raise TryAgain(f"oauth_token_command gave no token (exit {process.returncode})")
    return token.decode("ascii", "ignore").strip()
