// Chance that can be tried again: the same seed gives the same run.

/** mulberry32: small, seeded. Returns a function that gives numbers from 0 to 1. */
export function seeded(seed) {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

export const newSeed = () => Date.now() % 1000000
