import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/**
 * The console's build: one page, its script split by screens. `__CSP_NONCE__` stands where the hub puts a
 * nonce of its own into every page that it sends.
 */
export default defineConfig({
  root: new URL('src', import.meta.url).pathname,
  base: '/',
  plugins: [react()],
  html: { cspNonce: '__CSP_NONCE__' },
  resolve: { conditions: ['@backhaul/source', 'module', 'browser', 'production'] },
  build: {
    outDir: new URL('dist', import.meta.url).pathname,
    emptyOutDir: true,
    target: 'es2023',
    // No data: addresses for scripts and styles, and none that a policy would have to allow.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
})
