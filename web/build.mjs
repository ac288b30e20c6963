/* Builds the applications that are present into web/dist/{desk,field,public}. Plain JavaScript: Node 18 runs it as it is. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const here = dirname(fileURLToPath(import.meta.url))
const apps = process.argv.slice(2).length ? process.argv.slice(2) : ['desk', 'field', 'public']

function files(dir) {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name)
    return statSync(path).isDirectory() ? files(path) : [path]
  })
}

/* sw.ts, if an application has one, is built last: it needs the names of all the other files. */
async function serviceWorker(app, dist) {
  const all = files(dist).sort()
  const hash = createHash('sha256')
  for (const file of all) hash.update(relative(dist, file)).update(readFileSync(file))
  await build({
    configFile: false,
    root: resolve(here, app),
    publicDir: false,
    logLevel: 'warn',
    resolve: { alias: { '@shared': resolve(here, 'shared') } },
    define: {
      __ASSETS__: JSON.stringify(all.map((file) => relative(dist, file).replaceAll('\\', '/'))),
      __REVISION__: JSON.stringify(hash.digest('hex').slice(0, 16)),
    },
    build: {
      outDir: dist,
      emptyOutDir: false,
      target: 'es2020',
      lib: { entry: resolve(here, app, 'sw.ts'), formats: ['iife'], name: 'sw', fileName: () => 'sw.js' },
    },
  })
}

for (const app of apps) {
  if (!existsSync(resolve(here, app, 'index.html'))) continue
  const dist = resolve(here, 'dist', app)
  await build({ configFile: resolve(here, 'vite.config.ts'), mode: app, logLevel: 'warn' })
  if (existsSync(resolve(here, app, 'sw.ts'))) await serviceWorker(app, dist)
  const bytes = files(dist).reduce((sum, file) => sum + statSync(file).size, 0)
  console.log(`web/dist/${app}: ${files(dist).length} files, ${Math.round(bytes / 1024)} kB`)
}
