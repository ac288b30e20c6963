/* Short messages, and what an exception means to the user. */
import { errorText, Problem, problemText } from '@shared/api'
import { ElMessage } from './element'

export function done(text: string): void {
  ElMessage({ type: 'success', message: text, duration: 2500, grouping: true })
}

/* A lost session shows the sign-in page, so it needs no message. Problems of fields that no form shows are listed. */
export function failed(error: unknown): void {
  if (error instanceof Problem && error.status === 401) return
  if (error instanceof DOMException && error.name === 'AbortError') return
  const list = error instanceof Problem ? [...new Set(error.problems.map(problemText))].filter((text) => text !== error.text) : []
  ElMessage({ type: 'error', message: [errorText(error), ...list].join(' · '), duration: 6000, grouping: true, showClose: true })
}
