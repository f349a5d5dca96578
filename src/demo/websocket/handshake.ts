import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/**
 * The server's half of the opening handshake (RFC 6455 §4.2): the whole 101 response head, or undefined when the
 * request is not one.
 */
export function acceptHandshake(request: IncomingMessage): string | undefined {
  const { upgrade, connection } = request.headers;
  const key = request.headers['sec-websocket-key'];
  const asksUpgrade = (connection ?? '')
    .toLowerCase()
    .split(/[\s,]+/)
    .includes('upgrade');
  if (request.method !== 'GET' || upgrade?.toLowerCase() !== 'websocket' || !asksUpgrade) return undefined;
  if (request.headers['sec-websocket-version'] !== '13') return undefined;
  if (key === undefined || !/^[A-Za-z0-9+/]{22}==$/.test(key)) return undefined;
  const accept = createHash('sha1')
    .update(key + GUID)
    .digest('base64');
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
}
