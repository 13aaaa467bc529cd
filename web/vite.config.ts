/**
 * How the page is built, into `dist/web`; and, for whoever works on it, served with changes at once
 * (`npm run dev:web`, with a `clickpath up` beside it that answers the API).
 */
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const API = 'http://localhost:4000'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react()],
  server: { proxy: { '/api': API, '/v1': API, '/healthz': API, '/readyz': API } },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2023',
    // A policy without exceptions: nothing stands in the document itself.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 900,
  },
})
