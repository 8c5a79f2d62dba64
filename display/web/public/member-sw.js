// Keeps nothing: no page, no answer, no key. What a phone shows must be what the hall says now, and what a
// thief finds in a browser's caches must be nothing. It only says, in words, that there is no line.

const NO_LINE = `<!doctype html>
<html lang="vi">
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Diên Hồng</title>
  <h1>Không có kết nối với hội trường</h1>
  <p>Khóa ký và các biên nhận vẫn ở trong điện thoại này. Hãy kiểm tra mạng rồi mở lại.</p>
  <h1 lang="en">No connection to the hall</h1>
  <p lang="en">The signing key and the receipts are still in this phone. Check the network, then open again.</p>
</html>`

self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

self.addEventListener('fetch', (event) => {
  if (event.request.mode !== 'navigate') return
  event.respondWith(fetch(event.request).catch(noLine))
})

function noLine() {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'",
    'cache-control': 'no-store',
  }
  return new Response(NO_LINE, { status: 503, headers })
}
