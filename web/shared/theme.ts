/* Colours with a meaning. Never alone: a word stands beside each of them. The same values are in theme.css. */
export const COLOURS = {
  navy: '#12305b', blue: '#1f5fae', ink: '#1c2733', muted: '#5b6b7c', line: '#dde4ec', ground: '#f1f4f8', card: '#ffffff',
  red: '#c62f2f', amber: '#b9770a', green: '#2a7f4f', violet: '#6b4fa0', grey: '#8592a0',
} as const

/* decision and proposal codes to the colour they are shown in. */
export const DECISION_COLOURS: Record<string, string> = {
  pass: COLOURS.green, turn_back: COLOURS.amber, fever_clinic: COLOURS.red, community: COLOURS.blue,
  hold: COLOURS.violet, remeasure: COLOURS.grey,
}

/* Order in which decisions are stacked and listed. */
export const DECISIONS = ['pass', 'community', 'hold', 'turn_back', 'fever_clinic'] as const

export function decisionColour(code: string | null | undefined): string {
  return DECISION_COLOURS[code ?? ''] ?? COLOURS.grey
}
