"""`python -m corpus ID [LIBRARY]` writes a report's `ids.tsv` anew: every id with its place and first words."""

import sys

from corpus.library import SHIPPED, Library, ids_table

if len(sys.argv) not in (2, 3):
    sys.exit("usage: python -m corpus ID [LIBRARY]")
library = Library(sys.argv[2] if len(sys.argv) == 3 else SHIPPED)
report = library.open(sys.argv[1])
(library.root / report.id / "ids.tsv").write_text(ids_table(report), encoding="utf-8")
