/** Faults of the first frame: what is not JSON, and what breaks the WebSocket protocol itself (RFC 6455, section 5). */
import { type Row, rows } from './row.ts';
import { accepted } from './socket-parts.ts';

function sendsBytes(title: string, ...bytes: readonly number[]): Row {
  return accepted(title, 'protocol_error', (session) => session.sendRaw(Buffer.from(bytes)));
}

export const frameFaults = rows('websocket', {
  frame_not_json: accepted('The first frame is not JSON.', 'bad_frame', (session) => session.sendText('welcome!')),
  frame_broken_json: accepted('The first frame is JSON that breaks off.', 'bad_frame', (session) =>
    session.sendText('{"type":"connection_established","data":{'),
  ),
  frame_array: accepted('The first frame is a JSON array.', 'bad_frame', (session) => session.sendText('[1,2,3]')),
  frame_binary: accepted('The first frame is binary.', 'bad_frame', (session) =>
    session.sendBinary(Buffer.from([0, 1, 2, 3])),
  ),
  frame_oversize: accepted('The first frame has 64 megabytes.', 'protocol_error', (session) => {
    session.sendRaw(Buffer.from([0x81, 0x7f, 0, 0, 0, 0, 0x04, 0, 0, 0]));
    session.sendRaw(Buffer.alloc(64 * 1024, 0x20));
  }),
  frame_masked: sendsBytes('The server masks its frames.', 0x81, 0x81, 1, 2, 3, 4, 0x60),
  frame_bad_utf8: sendsBytes('A text frame is not UTF-8.', 0x81, 0x02, 0xc3, 0x28),
  frame_reserved_opcode: sendsBytes('A frame has an opcode that does not exist.', 0x83, 0x00),
  frame_reserved_bit: sendsBytes('A frame has a bit set that no extension has defined.', 0xc1, 0x01, 0x61),
  frame_bad_close: sendsBytes('The close frame has a code that must not be sent.', 0x88, 0x02, 0x03, 0xed),
  frame_fragmented_ping: sendsBytes('A ping comes in fragments.', 0x09, 0x00),
});
