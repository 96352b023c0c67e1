/** The header by which a request joins a trace: W3C Trace Context, version 00, sampled. */

/** `traceId` has 32 hexadecimal digits and names the run, `parentId` has 16 and names the request; neither is all zeros. */
export function traceparent(traceId: string, parentId: string): string {
  return `00-${traceId}-${parentId}-01`;
}
