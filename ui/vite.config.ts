import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// Two pages share one build: the main window and the small compose window. What both need
// (editor, autosave) ends up in a common chunk, so the second window starts from a warm cache.
export default defineConfig(({ mode }) => ({
  plugins: [svelte()],
  clearScreen: false,
  server: { host: '127.0.0.1', port: 5173, strictPort: true },
  // Svelte has a server and a browser half; component tests need the browser's.
  resolve: mode === 'test' ? { conditions: ['browser'] } : {},
  build: {
    target: 'safari15',
    outDir: 'dist',
    emptyOutDir: true,
    // The web view loads from memory: a preload helper would only cost start time.
    modulePreload: { polyfill: false },
    rolldownOptions: { input: ['index.html', 'compose.html'] },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
    // Style sheets are left out of tests, but for the one whose colours are checked.
    css: { include: [/tokens\.css/] },
  },
}));
