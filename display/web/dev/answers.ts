import type { IncomingMessage, ServerResponse } from 'node:http'
import { eightDigits } from '../shared/jws/digits'
import { thumbprint } from '../shared/jws/thumbprint'
import type { Scene } from './scenes'
import { DESKS, plan, view } from './scenes/hall'

/** What a recorded hall answers to calls: enough for every state of every page. */
export async function answer(
  scene: Scene | undefined,
  address: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname } = address
  const call = `${request.method} ${pathname}`
  const told = scene?.calls?.[call]
  if (told === 'never') return
  if (told) send(response, told.status, told.body)
  else if (call === 'GET /api/hall') send(response, 200, (scene?.view(Date.now()) ?? view()).hall)
  else if (call === 'GET /api/plan') send(response, 200, { seats: plan() })
  else if (call === 'GET /api/desks') send(response, 200, { desks: DESKS })
  else if (call === 'GET /api/session') send(response, 200, session(scene, address))
  else if (call === 'GET /api/sign-in') send(response, 200, WAYS)
  else if (call === 'POST /api/phones') await enrol(request, response)
  else if (pathname.startsWith('/api/phones/')) send(response, 200, { state: 'waiting' })
  else if (request.method === 'DELETE') send(response, 204, undefined)
  else send(response, 200, { done: 'recorded' })
}

const WAYS = {
  openid: true,
  code: false,
  desks: [{ id: 'ban-thu-ky', name: { vi: 'Bàn Thư ký', en: 'The secretary’s table' } }],
}

/** Whoever looks at a scene is signed in as the role that its page is for; an officer may do everything. */
function session(scene: Scene | undefined, address: URL): object {
  const role = scene ? (address.searchParams.get('as') ?? 'member') : 'public'
  const shown = { role, name: role === 'officer' ? 'Nguyễn Văn An' : '' }
  if (role !== 'officer') return shown
  const view = scene?.view(Date.now())
  const may = [view?.next, ...(view?.acts ?? [])].map((one) => one?.act ?? '')
  return {
    ...shown,
    officer: 'chu-toa',
    post: 'presiding',
    post_name: { vi: 'Chủ tọa', en: 'Presiding officer' },
    may: [...may, 'cancel', 'mark_presence'],
  }
}

async function enrol(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { key } = JSON.parse(await text(request))
  const keyId = await thumbprint(key)
  const expires = new Date(Date.now() + 120_000).toISOString()
  send(response, 201, { enrolment: 'e1', key_id: keyId, digits: eightDigits(keyId), expires })
}

async function text(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const part of request) body += part
  return body
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.statusCode = status
  response.setHeader('content-type', 'application/json')
  response.end(body === undefined ? undefined : JSON.stringify(body))
}
