"""What files may hold: their bytes, and the text and statements in each format."""
