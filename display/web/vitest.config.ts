import { defineConfig } from 'vitest/config'

/** The pure parts, in Node: no page is mounted, so no plugin is needed. */
export default defineConfig({ test: { include: ['tests/**/*.test.ts'], environment: 'node' } })
