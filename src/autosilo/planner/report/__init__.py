"""What a study found, as pictures (SVG), as a page (HTML) and as a table."""
