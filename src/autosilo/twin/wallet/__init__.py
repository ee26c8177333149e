"""Stand-in for a phone with a mobile driving licence (ISO/IEC 18013-5), and for the authority that issued it.

It is written from the standards alone, without the libraries that judge it on the other side.
"""
