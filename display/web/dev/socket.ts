import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Scene } from './scenes'

/** RFC 6455, as much of it as a feed that only speaks needs. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const TEXT = 0x81
const CLOSE = 0x88
const BEAT_MS = 2_000
const NO_SESSION = 4401

/** Which connections have been dropped on purpose: a scene's line is lost once and stays lost. */
const lostFor = new WeakSet<Scene>()

export function acceptFeed(request: IncomingMessage, socket: Duplex, scene: Scene | undefined): void {
  if (scene?.line === 'silent' || (scene && lostFor.has(scene))) {
    socket.destroy()
    return
  }
  const key = request.headers['sec-websocket-key'] ?? ''
  const accept = createHash('sha1')
    .update(key + GUID)
    .digest('base64')
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  )
  socket.on('error', () => socket.destroy())
  if (!scene || scene.line === 'signed_out') end(socket, NO_SESSION)
  else play(socket, scene)
}

function play(socket: Duplex, scene: Scene): void {
  const t = new Date().toISOString()
  say(socket, { type: 'snapshot', n: 1, t, view: scene.view(Date.now()) })
  for (const [index, patch] of (scene.patches ?? []).entries()) {
    setTimeout(
      () => say(socket, { type: 'change', n: index + 2, t: new Date().toISOString(), patch }),
      300 * (index + 1),
    )
  }
  if (scene.line === 'lost') {
    lostFor.add(scene)
    setTimeout(() => socket.destroy(), 500)
    return
  }
  const n = 1 + (scene.patches?.length ?? 0)
  const beat = setInterval(() => say(socket, { type: 'beat', n, t: new Date().toISOString() }), BEAT_MS)
  socket.on('close', () => clearInterval(beat))
}

function say(socket: Duplex, message: unknown): void {
  if (socket.destroyed) return
  const body = Buffer.from(JSON.stringify(message))
  const head =
    body.length < 126
      ? Buffer.from([TEXT, body.length])
      : body.length < 65_536
        ? Buffer.from([TEXT, 126, body.length >> 8, body.length & 255])
        : Buffer.concat([Buffer.from([TEXT, 127, 0, 0, 0, 0]), int32(body.length)])
  socket.write(Buffer.concat([head, body]))
}

function end(socket: Duplex, code: number): void {
  socket.end(Buffer.from([CLOSE, 2, code >> 8, code & 255]))
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
