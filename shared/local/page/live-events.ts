/** Server-sent events to the open pages. Bounded in pages and in what waits for a page that does not read. */
import type { ServerResponse } from 'node:http';

export interface LiveEvents {
  /** Takes over the response; false when too many pages are open. */
  join(response: ServerResponse): boolean;
  /** `name` with its data as JSON, to every page. */
  send(name: string, data: unknown): void;
  count(): number;
  close(): void;
}

const pagesMax = 20;
const waitingBytesMax = 4_000_000;

/** Proxies and browsers drop a connection over which nothing comes. */
const stillHereMs = 15_000;

export function openLiveEvents(): LiveEvents {
  const pages = new Set<ServerResponse>();
  const beat = setInterval(() => pages.forEach((page) => page.write(':\n\n')), stillHereMs);
  beat.unref();
  return {
    join: (response) => {
      if (pages.size >= pagesMax) {
        return false;
      }
      pages.add(response);
      response.once('close', () => pages.delete(response));
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
      response.write('retry: 1000\n\n');
      return true;
    },
    send: (name, data) => {
      const text = eventText(name, data);
      for (const page of pages) {
        // A page that fell behind comes back by itself and gets the present then.
        if (page.writableLength > waitingBytesMax) {
          page.destroy();
        } else {
          page.write(text);
        }
      }
    },
    count: () => pages.size,
    close: () => {
      clearInterval(beat);
      pages.forEach((page) => page.end());
    },
  };
}

/** JSON has no line breaks of its own, so that one line carries it. */
export function eventText(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
