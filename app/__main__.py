"""`python -m app` is `wenzheng`."""

import sys

from app.cli import main

sys.exit(main())
