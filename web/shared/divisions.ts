/* Names of divisions by code (GB/T 2260), loaded when first needed. Codes get abolished: what is no longer in the list
 * is named by its city or province. */
import { shallowRef } from 'vue'

export type DivisionNode = { value: string; label: string; children?: DivisionNode[] }

const names = shallowRef<Map<string, string> | null>(null)
let loading: Promise<Map<string, string>> | null = null

export function parseDivisions(text: string): Map<string, string> {
  const map = new Map<string, string>()
  for (const line of text.split('\n')) map.set(line.slice(0, 6), line.slice(6))
  return map
}

export function loadDivisions(): Promise<Map<string, string>> {
  loading ??= import('virtual:divisions').then((module) => (names.value = parseDivisions(module.default)))
    .catch((error: unknown) => {
      loading = null
      throw error
    })
  return loading
}

/* The parts of a name, from province to county; only those the list knows. */
export function divisionParts(code: string, map: Map<string, string>): string[] {
  const six = code.slice(0, 6)
  const codes = [`${six.slice(0, 2)}0000`, `${six.slice(0, 4)}00`, six]
  return [...new Set(codes)].map((c) => map.get(c)).filter((name): name is string => Boolean(name))
}

/* Full name, "河南省鹤壁市淇滨区"; the code until the list is loaded or when nothing of it is known. Reactive. */
export function divisionName(code: string | null | undefined): string {
  if (!code) return ''
  if (!names.value) {
    void loadDivisions().catch(() => undefined)
    return code
  }
  return divisionParts(code, names.value).join('') || code
}

/* Without the province, for narrow columns: "鹤壁市淇滨区". */
export function divisionShort(code: string | null | undefined): string {
  if (!code || !names.value) return divisionName(code)
  const parts = divisionParts(code, names.value)
  return (parts.length > 1 ? parts.slice(1) : parts).join('') || code
}

/* Province, city, county as a tree for cascaders. Counties directly under a province hang there. */
export function divisionTree(map: Map<string, string>): DivisionNode[] {
  const nodes = new Map<string, DivisionNode>()
  const roots: DivisionNode[] = []
  for (const [code, label] of [...map].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const node: DivisionNode = { value: code, label }
    nodes.set(code, node)
    const city = nodes.get(`${code.slice(0, 4)}00`)
    const province = nodes.get(`${code.slice(0, 2)}0000`)
    const parent = city && city !== node ? city : province && province !== node ? province : null
    if (parent) (parent.children ??= []).push(node)
    else roots.push(node)
  }
  return roots
}
