/* Questions that stop the work: a reason, a yes. AskHost.vue, mounted once, shows them.
 *   const reason = await askReason({ title: …, hint: … }); if (reason === null) return */
import { shallowRef } from 'vue'

export interface Question {
  title: string
  hint?: string
  /* Label of the text field; without it the question is only yes or no. */
  label?: string
  required?: boolean
  confirm?: string
  danger?: boolean
  answer: (text: string | null) => void
}

export interface Shown { title: string; warning: string; rows: { label: string; value: string }[] }

export const question = shallowRef<Question | null>(null)
export const shown = shallowRef<Shown | null>(null)

type Asked = Omit<Question, 'answer'>

/* The text, '' when it may stay empty, or null when the user thinks better of it. */
export function ask(asked: Asked): Promise<string | null> {
  return new Promise((resolve) => {
    question.value?.answer(null)
    question.value = {
      ...asked,
      answer: (text) => {
        question.value = null
        resolve(text)
      },
    }
  })
}

export async function confirm(asked: Asked): Promise<boolean> {
  return (await ask(asked)) !== null
}

/* Personal data in the clear, until the user closes it. Never stored anywhere. */
export function show(what: Shown): void {
  shown.value = what
}
