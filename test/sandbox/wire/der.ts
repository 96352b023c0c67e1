/** The few forms of DER (ITU-T X.690) that a certificate is made of. Values are bytes; nothing is parsed. */

type Bytes = Uint8Array;

function element(tag: number, ...parts: readonly Bytes[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  // Up to 127 in one byte, else the number of length bytes and then the length; certificates need at most two.
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

export const sequence = (...parts: readonly Bytes[]): Buffer => element(0x30, ...parts);
export const set = (...parts: readonly Bytes[]): Buffer => element(0x31, ...parts);
export const octets = (content: Bytes): Buffer => element(0x04, content);
export const truth = (): Buffer => element(0x01, Buffer.from([0xff]));
export const utf8 = (text: string): Buffer => element(0x0c, Buffer.from(text));

/** Without unused bits at the end, or with so many. */
export const bits = (content: Bytes, unused = 0): Buffer => element(0x03, Buffer.from([unused]), content);

/** A positive integer in big-endian bytes; the first may need a zero before it to stay positive. */
export function integer(bytes: Bytes): Buffer {
  return element(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.from([0]) : Buffer.alloc(0), bytes);
}

/** Tagged by context: a wrapper around other elements, or the bytes themselves. */
export const wrapped = (number: number, ...parts: readonly Bytes[]): Buffer => element(0xa0 + number, ...parts);
export const tagged = (number: number, content: Bytes): Buffer => element(0x80 + number, content);

/** `YYMMDDhhmmssZ`, for the years 1950 to 2049. */
export function utcTime(atMs: number): Buffer {
  const digits = new Date(atMs).toISOString().replaceAll(/\D/g, '').slice(2, 14);
  return element(0x17, Buffer.from(`${digits}Z`));
}

/** An object identifier such as `2.5.4.3`. */
export function identifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return element(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let left = value >> 7; left > 0; left >>= 7) {
    digits.unshift((left & 0x7f) | 0x80);
  }
  return digits;
}
