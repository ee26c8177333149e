"""Pictures that the pages draw themselves: cars in their paint, the tower, icons. SVG text out, no I/O."""
