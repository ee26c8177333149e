"""Seeing: faces and cars. An image goes in, a typed result comes out; no state, no network, no Django."""
