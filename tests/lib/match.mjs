// Compares what came with a pattern. Objects: the pattern's keys must match, others may be there. Arrays: same length, one
// by one; an array that begins with "..." must contain a match for each of the others, in any order.
// Strings of the pattern: "@any" (present), "@absent" (null or no such key), "@uuid" "@int" "@number" "@text" "@bool"
// "@instant" "@date", "@/regex/", "@> 3" "@>= 3" "@< 3" "@<= 3", "@length 3", "@not VALUE"; "${name:any}", "${name:uuid}" … captures.

const kinds = {
  any: (v) => v !== undefined && v !== null,
  absent: (v) => v === undefined || v === null,
  uuid: (v) => /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(v),
  int: (v) => Number.isInteger(v),
  number: (v) => typeof v === 'number',
  text: (v) => typeof v === 'string' && v !== '',
  bool: (v) => typeof v === 'boolean',
  instant: (v) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)$/.test(v) && !Number.isNaN(Date.parse(v)),
  date: (v) => /^\d{4}-\d\d-\d\d$/.test(v) && !Number.isNaN(Date.parse(v)),
}

const show = (v) => (v === undefined ? 'nothing' : JSON.stringify(v).slice(0, 300))

function special(word, value) {
  if (word in kinds) return kinds[word](value)
  const regex = /^\/(.*)\/$/s.exec(word)
  if (regex) return typeof value === 'string' && new RegExp(regex[1], 'u').test(value)
  const compare = /^(>=|<=|>|<) *(-?[\d.]+)$/.exec(word)
  if (compare) {
    const limit = Number(compare[2])
    return typeof value === 'number' && { '>': value > limit, '<': value < limit, '>=': value >= limit, '<=': value <= limit }[compare[1]]
  }
  const length = /^length (\d+)$/.exec(word)
  if (length) return (Array.isArray(value) || typeof value === 'string') && value.length === Number(length[1])
  const not = /^not (.*)$/s.exec(word)
  if (not) return String(value) !== not[1]
  throw new Error(`unknown pattern "@${word}"`)
}

/** Returns null, or what differs and where. Captures go into vars, only when everything matched. */
export function match(pattern, value, vars = {}, at = '') {
  const caught = {}
  const wrong = compare(pattern, value, caught, at)
  if (!wrong) Object.assign(vars, caught)
  return wrong
}

function compare(pattern, value, vars, at) {
  const expected = () => `${at || 'body'}: expected ${show(pattern)}, got ${show(value)}`
  if (typeof pattern === 'string') {
    const capture = /^\$\{(\w+):(.+)\}$/s.exec(pattern)
    if (capture) {
      if (!special(capture[2], value)) return expected()
      vars[capture[1]] = value
      return null
    }
    if (pattern.startsWith('@')) return special(pattern.slice(1), value) ? null : expected()
    return pattern === value ? null : expected()
  }
  if (Array.isArray(pattern)) {
    if (!Array.isArray(value)) return expected()
    if (pattern[0] === '...') {
      const left = [...value]
      for (const wanted of pattern.slice(1)) {
        const found = left.findIndex((item) => !compare(wanted, item, vars, at))
        if (found < 0) return `${at || 'body'}: nothing matches ${show(wanted)} in ${show(value)}`
        left.splice(found, 1)
      }
      return null
    }
    if (pattern.length !== value.length) return `${at || 'body'}: expected ${pattern.length} items, got ${value.length}: ${show(value)}`
    for (let i = 0; i < pattern.length; i++) {
      const wrong = compare(pattern[i], value[i], vars, `${at}[${i}]`)
      if (wrong) return wrong
    }
    return null
  }
  if (pattern !== null && typeof pattern === 'object') {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return expected()
    for (const key of Object.keys(pattern)) {
      const wrong = compare(pattern[key], value[key], vars, at ? `${at}.${key}` : key)
      if (wrong) return wrong
    }
    return null
  }
  return Object.is(pattern, value) || (pattern === null && value === undefined) ? null : expected()
}
