/** As much of protobuf's wire format as the stand-ins of `google.ts` need: messages, texts and whole numbers. */

/** Field numbers with what they hold: bytes of messages and texts, or a whole number. */
export type Field = readonly [field: number, value: Uint8Array | number];

export function encode(fields: readonly Field[]): Buffer {
  return Buffer.concat(
    fields.flatMap(([field, value]) =>
      typeof value === 'number'
        ? [varint(field << 3), varint(value)]
        : [varint((field << 3) | 2), varint(value.length), Buffer.from(value)],
    ),
  );
}

/** Bytes of a number that has always the same length, by wire type. */
const fixedLengths: ReadonlyMap<number, number> = new Map([
  [1, 8],
  [5, 4],
]);

/** The messages and texts in `bytes`; numbers are passed over. Throws when it is no message. */
export function decode(bytes: Buffer): readonly (readonly [field: number, value: Buffer])[] {
  const found: [number, Buffer][] = [];
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes.readUInt8(at);
      at += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        return value;
      }
    }
  };
  while (at < bytes.length) {
    const tag = next();
    const wireType = tag % 8;
    const number = wireType === 0 || wireType === 2 ? next() : 0;
    const length = wireType === 2 ? number : (fixedLengths.get(wireType) ?? 0);
    if (wireType === 2) {
      found.push([Math.floor(tag / 8), bytes.subarray(at, at + length)]);
    }
    at += length;
  }
  return found;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) {
      return Buffer.from([...bytes, left]);
    }
    bytes.push((left % 128) | 0x80);
  }
}
