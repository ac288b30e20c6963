/* Names of places and divisions by code, and searching them. Places of one's scope reach down to villages, the list of
 * GB/T 2260 covers the country down to counties. */
import { computed, shallowRef } from 'vue'
import { divisionParts, divisionShort, loadDivisions } from '@shared/divisions'
import { lang } from '@shared/i18n'
import type { Place } from '@shared/types'
import { places } from '../../shell/reference'

export interface PlaceOption { code: string; name: string; hint: string }

const COUNTY = 6, TOWNSHIP = 9
const FOUND_MAX = 60

const national = shallowRef<Map<string, string>>(new Map())
export async function loadNational(): Promise<void> {
  national.value = await loadDivisions()
}

const byCode = computed(() => new Map(places.value.map((p) => [p.code, p])))

/* Townships and villages are told with their county: there are many 城关镇. */
export function placeName(code: string): string {
  const place = byCode.value.get(code)
  if (!place || code.length <= COUNTY) return divisionShort(code)
  const county = byCode.value.get(code.slice(0, COUNTY))?.name ?? divisionShort(code.slice(0, COUNTY))
  const township = code.length > TOWNSHIP ? byCode.value.get(code.slice(0, TOWNSHIP))?.name ?? '' : ''
  return county + township + place.name
}

/* First four digits of one's own city: its counties need no surname. */
const city = computed(() => (places.value.find((p) => /^\d{6}/.test(p.code))?.code ?? '410600').slice(0, 4))

/* Short enough for a chip. */
export function placeShort(code: string): string {
  const place = byCode.value.get(code)
  if (place && code.length > COUNTY) return place.name
  const parts = divisionParts(code, national.value)
  if (code.startsWith(city.value) && !code.endsWith('00')) return place?.name ?? parts[parts.length - 1] ?? code
  return parts.slice(-2).join('').replace(/^(.+省|.+自治区)(?=.)/, '') || place?.name || code
}

/* Codes that the form takes: 6, 9 or 12 digits; local zones have none of their own. */
function usable(p: Place): boolean {
  return /^[1-9](\d{5}|\d{8}|\d{11})$/.test(p.code)
}

export interface LocalCounty { code: string; name: string; townships: PlaceOption[] }

/* Counties of the city; those of one's scope with their townships, for destinations. */
export const localCounties = computed<LocalCounty[]>(() => {
  const names = new Map([...national.value].filter(([code]) => code.startsWith(city.value) && !code.endsWith('00')))
  for (const p of places.value) if (p.kind === 'county' && usable(p)) names.set(p.code, p.name)
  return [...names].sort(([a], [b]) => (a < b ? -1 : 1)).map(([code, name]) => ({
    code, name,
    townships: places.value.filter((p) => p.kind === 'township' && usable(p) && p.code.startsWith(code))
      .map((p) => ({ code: p.code, name: p.name, hint: name })),
  }))
})

function found(query: string, code: string, name: string): boolean {
  return name.includes(query) || code.startsWith(query)
}

/* By part of the name or beginning of the code; exact and shorter names first, own area before the rest. */
export function searchPlaces(text: string, local: boolean): PlaceOption[] {
  const query = text.trim()
  if (!query) return []
  const mine = (local ? places.value.filter((p) => usable(p) && p.code.length > COUNTY && found(query, p.code, p.name)) : [])
    .map((p) => ({ code: p.code, name: p.name, hint: placeName(p.code).slice(0, -p.name.length) }))
  const all = [...national.value].filter(([code, name]) => found(query, code, name))
    .map(([code, name]) => ({ code, name, hint: divisionParts(code, national.value).slice(0, -1).join(' ') }))
  const rank = (o: PlaceOption) => (o.name === query ? 0 : o.name.startsWith(query) ? 1 : 2) * 100 + o.name.length
  return [...mine.sort((a, b) => rank(a) - rank(b)), ...all.sort((a, b) => rank(a) - rank(b))].slice(0, FOUND_MAX)
}

export function joinNames(codes: string[]): string {
  return codes.map((c) => (/^\d+$/.test(c) ? placeShort(c) : c)).join(lang.value === 'en' ? ', ' : '、')
}
