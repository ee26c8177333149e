"""The mission, step by step; flow joins the steps."""
