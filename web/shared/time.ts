/* Times at the place, whatever the clock zone of the browser: the server says its offset in /me. */

const MINUTE = 60000
const DAY = 86400000

/* Minutes east of UTC. China's until the server has said. */
let offsetMin = 480

export function setOffset(minutes: number): void {
  offsetMin = minutes
}

const two = (n: number) => String(n).padStart(2, '0')

/* A Date whose UTC parts are the local parts at the place. */
function atPlace(ms: number): Date {
  return new Date(ms + offsetMin * MINUTE)
}

function parse(value: string | number | Date | null | undefined): number | null {
  if (value === null || value === undefined || value === '') return null
  const ms = typeof value === 'number' ? value : value instanceof Date ? value.getTime() : Date.parse(value)
  return Number.isNaN(ms) ? null : ms
}

type When = string | number | Date | null | undefined

/* YYYY-MM-DD */
export function dayOf(value: When): string {
  const ms = parse(value)
  return ms === null ? '' : atPlace(ms).toISOString().slice(0, 10)
}

/* HH:mm, or HH:mm:ss */
export function timeOf(value: When, seconds = false): string {
  const ms = parse(value)
  if (ms === null) return ''
  const d = atPlace(ms)
  return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}${seconds ? `:${two(d.getUTCSeconds())}` : ''}`
}

/* MM-DD HH:mm, with the year when it is not this one. */
export function dateTimeOf(value: When, now: number = Date.now()): string {
  const day = dayOf(value)
  if (!day) return ''
  const short = day.slice(0, 4) === dayOf(now).slice(0, 4) ? day.slice(5) : day
  return `${short} ${timeOf(value)}`
}

/* YYYY-MM-DD HH:mm:ss */
export function fullTimeOf(value: When): string {
  const day = dayOf(value)
  return day ? `${day} ${timeOf(value, true)}` : ''
}

export function hourOf(value: When): number | null {
  const ms = parse(value)
  return ms === null ? null : atPlace(ms).getUTCHours()
}

export function today(now: number = Date.now()): string {
  return dayOf(now)
}

/* The day n days after (or before) a day. */
export function addDays(day: string, n: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + n * DAY).toISOString().slice(0, 10)
}

/* ISO 8601 with the place's offset: what the server takes. */
export function isoOf(ms: number = Date.now()): string {
  const sign = offsetMin < 0 ? '-' : '+'
  const zone = `${sign}${two(Math.floor(Math.abs(offsetMin) / 60))}:${two(Math.abs(offsetMin) % 60)}`
  return atPlace(ms).toISOString().slice(0, 23) + zone
}

/* The instant at which an hour of a day begins at the place; hour 24 is the next day's midnight. */
export function instantAt(day: string, hour = 0): string {
  return isoOf(Date.parse(`${day}T00:00:00Z`) + hour * 3600000 - offsetMin * MINUTE)
}

/* "2020-02-04T08:30" as the clock at the place shows it, to an instant; null for anything else. */
export function instantOfLocal(local: string | null | undefined): string | null {
  if (!local || !/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(local)) return null
  const ms = Date.parse(`${local.slice(0, 16)}:00Z`)
  return Number.isNaN(ms) ? null : isoOf(ms - offsetMin * MINUTE)
}

/* The other way, for date and time inputs. */
export function localOf(value: When): string {
  const day = dayOf(value)
  return day ? `${day}T${timeOf(value)}` : ''
}

/* Whole minutes from a to b; negative when b is earlier. */
export function minutesBetween(a: When, b: When): number | null {
  const x = parse(a)
  const y = parse(b)
  return x === null || y === null ? null : Math.floor((y - x) / MINUTE)
}

/* "刚刚", "5 分钟前": zh and en, for t(). */
export function ago(value: When, now: number = Date.now()): [string, string] {
  const min = minutesBetween(value, now)
  if (min === null) return ['', '']
  if (min < 1) return ['刚刚', 'just now']
  if (min < 60) return [`${min} 分钟前`, `${min} min ago`]
  if (min < 1440) return [`${Math.floor(min / 60)} 小时前`, `${Math.floor(min / 60)} h ago`]
  return [`${Math.floor(min / 1440)} 天前`, `${Math.floor(min / 1440)} d ago`]
}

/* "1 小时 5 分" */
export function durationText(minutes: number): [string, string] {
  const h = Math.floor(minutes / 60)
  const m = minutes % 60
  return h ? [`${h} 小时 ${m} 分`, `${h} h ${m} min`] : [`${m} 分钟`, `${m} min`]
}
