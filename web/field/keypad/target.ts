/* The field that the keypad at the foot of the screen writes into. Fields are real inputs with inputmode=none: the
 * phone's own keyboard stays away, a hardware keyboard, a scanner and a screen reader still work. */
import { nextTick, shallowRef } from 'vue'

export type PadKind = 'plate' | 'document' | 'phone' | 'temperature' | 'code'

export interface Target {
  kind: PadKind
  element: HTMLInputElement
  label: () => string
  value: () => string
  /* `final`: nothing can follow this key, go on. */
  set: (value: string, final?: boolean) => void
}

export const target = shallowRef<Target | null>(null)

/* A short tick that gloves can feel, where the phone can. */
export function tick(): void {
  navigator.vibrate?.(8)
}

export function closePad(): void {
  target.value?.element.blur()
  target.value = null
}

/* The next field of the form that can be typed into, in the order of the screen. */
export function focusNext(from: HTMLElement): void {
  const fields = [...document.querySelectorAll<HTMLInputElement>('[data-step]')].filter((f) => f.offsetParent !== null)
  const next = fields[fields.indexOf(from as HTMLInputElement) + 1]
  if (next) next.focus()
  else closePad()
}

export async function focusField(selector: string): Promise<void> {
  await nextTick()
  const field = document.querySelector<HTMLElement>(selector)
  field?.focus()
  field?.scrollIntoView({ block: 'center', behavior: 'smooth' })
}
