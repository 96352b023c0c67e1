/** A report file carries its data with it; a page without data is a live one. */
import type { ReportData } from '../model/contract.ts';
import { fileSource } from './file-source.ts';
import { liveSource } from './live-source.ts';
import type { Source } from './source.ts';

export function openSource(): Source {
  const carried = document.getElementById('report-data')?.textContent ?? null;
  const data: unknown = carried === null ? null : JSON.parse(carried);
  return isReport(data) ? fileSource(data) : liveSource();
}

/** We wrote it ourselves into the very file that this script is in. */
function isReport(data: unknown): data is ReportData {
  return typeof data === 'object' && data !== null && 'kind' in data && data.kind === 'report';
}
