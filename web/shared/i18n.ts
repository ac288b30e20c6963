/* Chinese first, English beside it: every text is written in both where it is used, t('通行', 'Passages'). */
import { ref } from 'vue'

export type Lang = 'zh' | 'en'
const KEY = 'redoubt.lang'

function remembered(): Lang {
  try {
    return localStorage.getItem(KEY) === 'en' ? 'en' : 'zh'
  } catch {
    return 'zh' /* storage may be closed to us (private mode, tests) */
  }
}

/* Reactive: templates that call t() follow a switch of language. */
export const lang = ref<Lang>(remembered())

export function t(zh: string, en: string): string {
  return lang.value === 'en' ? en : zh
}

export function setLang(value: Lang): void {
  lang.value = value
  try {
    localStorage.setItem(KEY, value)
  } catch { /* not remembered, still switched */ }
  if (typeof document !== 'undefined') document.documentElement.lang = value === 'en' ? 'en' : 'zh-CN'
}
