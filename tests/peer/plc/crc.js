"use strict";
// CRC-32 of ISO-HDLC (polynomial 0x04C11DB7, reflected), by table.

const TABLE = new Uint32Array(256).map((_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c >>> 0;
});

function crc32(text) {
  let crc = 0xffffffff;
  for (const byte of Buffer.from(text, "utf8")) crc = (crc >>> 8) ^ TABLE[(crc ^ byte) & 0xff];
  return (crc ^ 0xffffffff) >>> 0;
}

/** Checksum of a command as the mailbox defines it. */
function commandCrc(c) {
  return crc32([c.Epoch, c.Seq, c.JobId, c.Kind, c.Src, c.Dst, c.VehicleClass, c.Deadline].join(";"));
}

module.exports = { crc32, commandCrc };
