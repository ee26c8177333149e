"""The contract suite: does a PLC keep the mailbox protocol of docs/reference/mailbox.md?

It speaks OPC UA only, with the site's own certificate, and needs the site file to know the machine. What a hand has to
do at the machine (``hands``) is asked of the person in front of it, or, for a stand-in, of its world door.
"""
