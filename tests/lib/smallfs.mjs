// A place for a store where room runs out. What works depends on who runs it, so ways are tried in this order:
//   mount     a tmpfs; root that may mount
//   unshare   the same in namespaces of its own; the script runs itself again in them (not for PostgreSQL, which runs as
//             no root, not even as such a one)
//   shm       /dev/shm where it is as small as containers have it (PostgreSQL only: as root that may not mount)
//   limit     no file of the program may grow (RLIMIT_FSIZE): a write fails with EFBIG; SQLite only
import { execFileSync, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { temporaryFolder } from './server.mjs'

const works = (...command) => spawnSync(command[0], command.slice(1)).status === 0

function mountTmpfs(mib) {
  const dir = temporaryFolder('small')
  if (!works('mount', '-t', 'tmpfs', '-o', `size=${mib}m,mode=755`, 'tmpfs', dir)) {
    fs.rmdirSync(dir)
    return null
  }
  process.on('exit', () => works('umount', dir) && fs.rmdirSync(dir))
  return dir
}

/** Runs this script again as root of namespaces of its own; does not come back. */
function again() {
  const done = spawnSync('unshare', ['-rm', process.execPath, ...process.argv.slice(1)], { stdio: 'inherit', env: { ...process.env, REDOUBT_UNSHARED: '1' } })
  process.exit(done.status ?? 1)
}

/** {way, dir, room(mib), ...}: after room(n) about n MiB are left in dir. null: none of the ways works here. */
export function smallFileSystem(engine, mib) {
  const inside = process.env.REDOUBT_UNSHARED
  let dir = process.getuid() === 0 ? mountTmpfs(mib) : null
  if (dir) return withBallast(inside ? 'unshare' : 'mount', dir)
  if (engine === 'sqlite' && !inside && works('unshare', '-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt')) again()
  if (engine === 'postgresql' && fs.existsSync('/dev/shm')) {
    const { blocks, bsize } = fs.statfsSync('/dev/shm')
    if (blocks * bsize >= 48 << 20 && blocks * bsize <= 1 << 30) {
      dir = fs.mkdtempSync('/dev/shm/redoubt-')
      process.on('exit', () => fs.rmSync(dir, { recursive: true, force: true }))
      return withBallast('shm', dir)
    }
  }
  return engine === 'sqlite' && works('prlimit', '--version') ? withLimit(temporaryFolder('limit')) : null
}

function withBallast(way, dir) {
  const ballast = path.join(dir, 'ballast')
  return {
    way, dir, of: () => {},
    room(mib) {
      fs.rmSync(ballast, { force: true })
      const { bavail, bsize } = fs.statfsSync(dir)
      const bytes = bavail * bsize - mib * 1048576
      if (bytes > 0) execFileSync('fallocate', ['-l', String(Math.floor(bytes)), ballast])
    },
    free() {
      fs.rmSync(ballast, { force: true })
    },
  }
}

function withLimit(dir) {
  process.on('exit', () => fs.rmSync(dir, { recursive: true, force: true }))
  let pid = null
  const limit = (bytes) => execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`])
  return {
    way: 'limit', dir,
    /** The process whose files may not grow; it must ignore SIGXFSZ. */
    of(server) { pid = server.child.pid },
    room(mib) {
      const sizes = fs.readdirSync(dir, { recursive: true }).map((name) => fs.statSync(path.join(dir, name))).filter((s) => s.isFile()).map((s) => s.size)
      limit(Math.max(...sizes) + mib * 1048576)
    },
    free() { limit('unlimited') },
  }
}
