import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Connect, Plugin } from 'vite'
import { answer } from './answers'
import { allScenes, type Scene } from './scenes'
import { acceptFeed } from './socket'

const PAGES = ['wall', 'officer', 'member', 'auditor']
/** The hall's own policy (display/guard.py): what breaks under it must break here. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self' ws:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

/** Plays a recorded scene to each page: chosen by `?scene=`, kept in a cookie for the feed and the calls. */
export function recordedHall(): Plugin {
  return {
    name: 'recorded-hall',
    configureServer(server) {
      server.middlewares.use(serve(false))
      server.httpServer?.on('upgrade', upgrade)
    },
    configurePreviewServer(server) {
      server.middlewares.use(serve(true))
      server.httpServer.on('upgrade', upgrade)
    },
  }
}

function serve(built: boolean): Connect.NextHandleFunction {
  return (request, response, next) => {
    const address = new URL(request.url ?? '/', 'http://hall')
    const scene = address.searchParams.get('scene')
    if (scene) response.setHeader('set-cookie', `scene=${scene}; Path=/; SameSite=Strict`)
    if (built) response.setHeader('content-security-policy', POLICY)
    if (address.pathname === '/scenes') list(response)
    else if (address.pathname.startsWith('/api/')) void answer(sceneOf(request), address, request, response)
    else {
      const page = address.pathname.split('/')[1] ?? ''
      if (PAGES.includes(page)) request.url = `/${page}/index.html${address.search}`
      next()
    }
  }
}

function upgrade(request: IncomingMessage, socket: import('node:stream').Duplex): void {
  const address = new URL(request.url ?? '/', 'http://hall')
  if (address.pathname === '/feed') acceptFeed(request, socket, sceneOf(request))
}

function sceneOf(request: IncomingMessage): Scene | undefined {
  const name = /(?:^|;\s*)scene=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1]
  return name ? allScenes()[name] : undefined
}

function list(response: ServerResponse): void {
  const rows = Object.entries(allScenes()).map(
    ([name, { page }]) => `<li><a href="/${page}?scene=${name}">${page} · ${name}</a></li>`,
  )
  response.setHeader('content-type', 'text/html; charset=utf-8')
  response.end(`<!doctype html><title>scenes</title><ul>${rows.join('')}</ul>`)
}
