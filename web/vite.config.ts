import { fileURLToPath } from 'node:url'
import tailwindcss from '@tailwindcss/vite'
import { tanstackRouter } from '@tanstack/router-plugin/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

/** Where `npm run dev` sends API calls: the mock of dev/mock.mjs, or a real Nexus. */
const api = process.env.NEXUS_DEV_API ?? 'http://127.0.0.1:8090'

const MOCKED = ['src/components/chart/chart.test.tsx', 'src/features/console/use-console.test.tsx']

/** A busy machine is no failure. */
const page = { environment: 'happy-dom', setupFiles: ['src/lib/test-setup.ts'], testTimeout: 60_000 }

export default defineConfig({
  plugins: [
    tanstackRouter({ target: 'react', autoCodeSplitting: true, semicolons: false, quoteStyle: 'single' }),
    react(),
    tailwindcss(),
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    // noVNC uses top-level await.
    target: 'es2022',
    // The content security policy allows images as data:, fonts from the site alone.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { '/api': { target: api, ws: true, changeOrigin: false } } },
  test: {
    projects: [
      // These touch nothing outside themselves, so they can share one world.
      { extends: true, test: { name: 'logic', environment: 'node', isolate: false, include: ['src/**/*.test.ts'] } },
      // Pages clean up after each test. Those that put another module in place of one have a world of their own.
      {
        extends: true,
        test: { ...page, name: 'pages', isolate: false, include: ['src/**/*.test.tsx'], exclude: MOCKED },
      },
      { extends: true, test: { ...page, name: 'mocked', include: MOCKED } },
    ],
  },
})
