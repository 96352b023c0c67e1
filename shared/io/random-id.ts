/**
 * Identifiers of traces and requests. They have to differ and need not be secret (W3C Trace Context, section 2.2.3.1
 * asks for random or pseudo-random ones), so the module of cryptography is not loaded for them.
 */

/** Hexadecimal, two digits a byte. */
export function randomId(bytes: number): string {
  const digits = Array.from({ length: bytes }, () =>
    Math.floor(256 * Math.random())
      .toString(16)
      .padStart(2, '0'),
  );
  return digits.join('');
}
