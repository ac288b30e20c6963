/* One configuration for the three applications; `--mode desk|field|public` chooses which (default desk). */
import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig, type Plugin } from 'vite'
import { divisions } from './vite.divisions'

const here = dirname(fileURLToPath(import.meta.url))

/* Where the server serves each application. */
export const BASES: Record<string, string> = { desk: '/', field: '/field/', public: '/t/' }

/* The content policy allows fonts only from our own files, but some packages carry theirs inside the style sheet:
 * take them out into files. Remote alternatives beside them are dropped. */
function fontFiles(): Plugin {
  return {
    name: 'redoubt-font-files',
    enforce: 'post',
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== 'asset' || !file.fileName.endsWith('.css')) continue
        const text = typeof file.source === 'string' ? file.source : Buffer.from(file.source).toString('utf8')
        const local = text.replace(/url\(["']?data:(?:application|font)\/[^;]*?(woff2?|ttf)[^;]*;(?:charset=[^;]*;)?base64,([^)"']+)["']?\)/g,
          (_all, kind: string, data: string) => {
            const ref = this.emitFile({ type: 'asset', name: `font.${kind}`, source: Buffer.from(data, 'base64') })
            return `url(./${this.getFileName(ref).split('/').pop() ?? ''})`
          })
        file.source = local.replace(/,\s*url\(["']?(?:https?:)?\/\/[^)]*\)\s*format\([^)]*\)/g, '')
      }
    },
  }
}

export default defineConfig(({ mode }) => {
  const app = mode in BASES ? mode : 'desk'
  const root = resolve(here, app)
  return {
    root: existsSync(root) ? root : here,
    base: BASES[app],
    /* Not "public": that is the name of an application here. */
    publicDir: resolve(root, 'static'),
    cacheDir: resolve(here, '../node_modules/.vite'),
    plugins: [vue(), divisions(), fontFiles()],
    resolve: { alias: { '@shared': resolve(here, 'shared') } },
    define: { __VUE_OPTIONS_API__: 'true', __VUE_PROD_DEVTOOLS__: 'false', __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false' },
    build: {
      outDir: resolve(here, 'dist', app),
      emptyOutDir: true,
      assetsDir: 'assets',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      target: 'es2020',
      cssTarget: 'chrome80',
      reportCompressedSize: false,
      chunkSizeWarningLimit: 900,
      rollupOptions: {
        /* A dependency's misplaced comments are nothing that we could mend. */
        onwarn: (warning, warn) => { if (warning.code !== 'INVALID_ANNOTATION') warn(warning) },
      },
    },
    worker: { format: 'es' as const },
    server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
    test: { root: here, include: ['**/*.test.ts'], environment: 'node', setupFiles: ['test.setup.ts'] },
  }
})
