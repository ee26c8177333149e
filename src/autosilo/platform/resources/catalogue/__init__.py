"""The models that a shopper can try, their paints and reference looks."""
