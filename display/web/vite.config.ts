import { resolve } from 'node:path'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'

const root = import.meta.dirname

/** One HTML page for each kind of reader; the hall serves `dist/<page>/index.html` at `/<page>`. */
export default defineConfig({
  root,
  plugins: [svelte()],
  build: {
    // light-dark() is used as it stands: consoles, walls and phones of the last two years have it.
    target: ['es2023', 'chrome123', 'safari17.5', 'firefox120'],
    cssTarget: ['chrome123', 'safari17.5', 'firefox120'],
    // The hall's policy allows no data: addresses, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: {
        choose: resolve(root, 'index.html'),
        wall: resolve(root, 'wall/index.html'),
        officer: resolve(root, 'officer/index.html'),
        member: resolve(root, 'member/index.html'),
        auditor: resolve(root, 'auditor/index.html'),
        twin: resolve(root, 'twin/index.html'),
      },
    },
  },
})
