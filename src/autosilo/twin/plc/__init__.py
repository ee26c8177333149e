"""The tower's PLC as a process: OPC UA mailbox, interlocks, real ramps, retained memory."""
