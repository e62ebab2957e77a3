#!/usr/bin/env python
"""Django's command line, with a set-up mistake said in one line instead of a traceback."""

import sys

from config.env import SettingsRefused, choose_queue, default_settings_module


def main() -> None:
    default_settings_module("config.settings.local")
    choose_queue()
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except SettingsRefused as refusal:
        sys.exit(f"karat: {refusal}")


if __name__ == "__main__":
    main()
