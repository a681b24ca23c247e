import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/**
 * The console's build: one page, its script split by screens. `__CSP_NONCE__` stands where the hub puts a
 * nonce of its own into every page that it sends.
 */
export default defineConfig({
  root: fileURLToPath(new URL('src', import.meta.url)),
  base: '/',
  plugins: [react()],
  html: { cspNonce: '__CSP_NONCE__' },
  resolve: { conditions: ['@backhaul/source', 'module', 'browser', 'production'] },
  build: {
    outDir: fileURLToPath(new URL('dist', import.meta.url)),
    emptyOutDir: true,
    target: 'es2023',
    // No data: addresses for scripts and styles, and none that a policy would have to allow.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
})
