/* Short words for decisions, as officers say them; the full labels stand in codes/decision.csv. */
import { t } from '@shared/i18n'

const WORDS: Record<string, [string, string]> = {
  pass: ['放行', 'Let pass'], turn_back: ['劝返', 'Turn back'], fever_clinic: ['转发热门诊', 'Fever clinic'],
  community: ['移交社区', 'To community'], hold: ['留待检查', 'Hold'], remeasure: ['复测', 'Measure again'],
}

export function decisionWord(code: string | null | undefined): string {
  const pair = code ? WORDS[code] : undefined
  return pair ? t(...pair) : code ?? ''
}

/* "放行 2 · 转发热门诊 1" */
export function countWords(decisions: string[]): string {
  return Object.keys(WORDS).map((code) => [code, decisions.filter((d) => d === code).length] as const)
    .filter(([, n]) => n > 0).map(([code, n]) => `${decisionWord(code)} ${n}`).join(' · ')
}
