import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** `npx vite build webapp` builds to webapp/dist; `npx vite webapp` serves it beside a hub on its default port. */
export default defineConfig({
  plugins: [react()],
  build: {
    // The content security policy allows no data: addresses, so nothing is inlined.
    assetsInlineLimit: 0,
    target: 'es2023',
    // What the list needs, some 200 kB compressed; the other pages are chunks of their own.
    chunkSizeWarningLimit: 720,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:3000', '/readyz': 'http://127.0.0.1:3000' } },
});
