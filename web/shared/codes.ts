/* Code lists, asked once. A copy is kept so that labels are there without a network. */
import { shallowRef } from 'vue'
import { api } from './api'
import { lang } from './i18n'
import type { CodeItem, CodeLists } from './types'

const KEY = 'redoubt.codes'
const lists = shallowRef<CodeLists>({})
let asking: Promise<CodeLists> | null = null

function remembered(): CodeLists | null {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? 'null') as CodeLists | null
  } catch {
    return null
  }
}

async function ask(): Promise<CodeLists> {
  try {
    lists.value = (await api.get<{ lists: CodeLists }>('/code')).lists
    localStorage.setItem(KEY, JSON.stringify(lists.value))
  } catch (error) {
    asking = null
    const kept = remembered()
    if (!kept) throw error
    lists.value = kept
  }
  return lists.value
}

/* Call it as often as wanted; it asks once, and again after a failure. */
export function loadCodes(): Promise<CodeLists> {
  asking ??= ask()
  return asking
}

export function codeList(list: string): CodeItem[] {
  return lists.value[list] ?? []
}

/* The label in the language of the screen; the code itself if the list does not know it. */
export function codeLabel(list: string, code: string | null | undefined): string {
  if (!code) return ''
  const item = codeList(list).find((i) => i.code === code)
  return item ? (lang.value === 'en' ? item.en : item.zh) : code
}

export function codeLabels(list: string, codes: string[] | null | undefined): string {
  return (codes ?? []).map((code) => codeLabel(list, code)).join(lang.value === 'en' ? ', ' : '、')
}
