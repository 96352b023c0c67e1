/** Decodes a response body whose server ignored that only `identity` was asked for; bounded against bombs. */
import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';

import type { Reason } from '../core/reasons.ts';

type Decoder = (body: Buffer, options: { readonly maxOutputLength: number }) => Buffer;

const decoders: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ['gzip', gunzipSync],
  ['x-gzip', gunzipSync],
  ['deflate', inflateSync],
  ['br', brotliDecompressSync],
  ['zstd', zstdDecompressSync],
]);

/** The plain body, or the reason why there is none: larger than `bytesMax`, corrupt, or of an unknown coding. */
export function decodeBody(body: Buffer, coding: string, bytesMax: number): Buffer | Reason {
  const name = coding.trim().toLowerCase();
  if (name === '' || name === 'identity' || body.length === 0) {
    return body;
  }
  try {
    return decoders.get(name)?.(body, { maxOutputLength: bytesMax }) ?? 'bad_http';
  } catch (error) {
    return error instanceof RangeError ? 'body_too_large' : 'bad_http';
  }
}
