// web/dist/** -> the assets of src/app/assets.h: one blob that the assembler includes, and a table of slices.
// No web/dist: an empty table, so that the program builds without the web applications.
import crypto from 'node:crypto'
import path from 'node:path'
import zlib from 'node:zlib'
import { bytes, fail, finish, literal, output, walk, write } from './embed.mjs'

const types = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8', '.json': 'application/json; charset=utf-8', '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8', '.svg': 'image/svg+xml', '.png': 'image/png', '.jpg': 'image/jpeg',
  '.webp': 'image/webp', '.ico': 'image/x-icon', '.woff2': 'font/woff2', '.woff': 'font/woff', '.wasm': 'application/wasm',
}

const parts = []
let size = 0
function place(data) {
  const at = size
  parts.push(data)
  size += data.length
  return `{ assets_blob + ${at}, ${data.length} }`
}

const rows = walk('web/dist').filter((file) => !file.endsWith('.map')).map((file) => {
  const raw = bytes('web/dist/' + file)
  const type = types[path.extname(file)] ?? fail(`web/dist/${file}: unknown kind of file; add it to tools/embed/assets.mjs`)
  const etag = crypto.createHash('sha256').update(raw).digest('hex').slice(0, 32)
  const packed = zlib.gzipSync(raw, { level: 9 })
  const gzip = packed.length < raw.length * 0.95 ? place(packed) : '{ NULL, 0 }'
  // The bundler puts a digest into the names of what never changes under its name.
  const immutable = /(^|\/)assets\/.*-[A-Za-z0-9_-]{8}\.[a-z0-9]+$/.test(file)
  return `    { ${literal('/' + file)}, ${literal(type)}, ${literal(`"${etag}"`)}, ${place(raw)}, ${gzip}, ${immutable} },`
})

const blob = output.replace(/\.c$/, '.bin')
write(blob, Buffer.concat(parts.length ? parts : [Buffer.from([0])]))
finish(['/* Written by tools/embed/assets.mjs from web/dist/. */', '#include "app/assets.h"', '',
  'extern const char assets_blob[];',
  `__asm__(".section .rodata\\n.balign 16\\n.globl assets_blob\\n.hidden assets_blob\\nassets_blob:\\n.incbin ${JSON.stringify(path.resolve(blob)).replace(/"/g, '\\"')}\\n.previous\\n");`,
  '', 'const struct asset assets[] = {', ...rows, '    { NULL, NULL, NULL, { NULL, 0 }, { NULL, 0 }, false },', '};',
  `const size_t assets_n = ${rows.length};`, ''].join('\n'))
