/** Decodes a response body whose server ignored that only `identity` was asked for; bounded against bombs. */
import process from 'node:process';

import type { Reason } from '../core/reasons.ts';

type Decoder = (body: Buffer, options: { readonly maxOutputLength: number }) => Buffer;

/** Null for a coding that is none. Node's module of compression is loaded with the first one that comes. */
function decoderOf(coding: string): Decoder | null {
  const { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } = process.getBuiltinModule('node:zlib');
  const decoders = new Map<string, Decoder>([
    ['gzip', gunzipSync],
    ['x-gzip', gunzipSync],
    ['deflate', inflateSync],
    ['br', brotliDecompressSync],
    ['zstd', zstdDecompressSync],
  ]);
  return decoders.get(coding) ?? null;
}

/** The plain body, or the reason why there is none: larger than `bytesMax`, corrupt, or of an unknown coding. */
export function decodeBody(body: Buffer, coding: string, bytesMax: number): Buffer | Reason {
  const name = coding.trim().toLowerCase();
  if (name === '' || name === 'identity' || body.length === 0) {
    return body;
  }
  try {
    return decoderOf(name)?.(body, { maxOutputLength: bytesMax }) ?? 'bad_http';
  } catch (error) {
    return error instanceof RangeError ? 'body_too_large' : 'bad_http';
  }
}
