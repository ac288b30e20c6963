// Values that tests need: ids, times, document numbers; and ${…} in the text of a test.
import crypto from 'node:crypto'

/** UUID version 8 as the program makes them: time first. */
export function uuid(now = Date.now()) {
  const b = crypto.randomBytes(16)
  b.writeUIntBE(now, 0, 6)
  b[6] = 0x80 | (b[6] & 0x0f)
  b[8] = 0x80 | (b[8] & 0x3f)
  const hex = b.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** GB 11643: 17 digits and their check character (ISO 7064 MOD 11-2). */
export function documentNumber(first17) {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
  const sum = weights.reduce((total, weight, i) => total + weight * Number(first17[i]), 0)
  return first17 + '10X98765432'[sum % 11]
}

/** Time at the place (UTC+8), as the program writes it. */
export function instant(ms, offset = 480) {
  const local = new Date(ms + offset * 60000).toISOString().slice(0, 19)
  const minutes = Math.abs(offset)
  return `${local}${offset < 0 ? '-' : '+'}${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}

const units = { s: 1000, m: 60000, h: 3600000, d: 86400000 }

/** ${name}, ${now}, ${now-26h}, ${today+3d}, ${uuid}, ${idcard:17 digits}. */
export function expand(text, vars) {
  // ${name:kind} with a kind of match.mjs is a capture and stays.
  return text.replace(/\$\{(idcard:\d{17}|[\w]+(?:[+-]\d+[smhd])?)\}/g, (whole, word) => {
    if (word.startsWith('idcard:')) return documentNumber(word.slice(7))
    if (word in vars) return String(vars[word])
    if (word === 'uuid') return uuid()
    const time = /^(now|today)(?:([+-])(\d+)([smhd]))?$/.exec(word)
    if (!time) throw new Error(`no value for ${whole}`)
    const ms = Date.now() + (time[2] ? (time[2] === '-' ? -1 : 1) * Number(time[3]) * units[time[4]] : 0)
    return time[1] === 'now' ? instant(ms) : instant(ms).slice(0, 10)
  })
}
