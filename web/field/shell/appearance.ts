/* Light by day, dark by night: as the phone says, or as the officer chose. */
import { computed, ref, watchEffect } from 'vue'

export type Appearance = 'auto' | 'light' | 'dark'
const KEY = 'redoubt.field.appearance'

function remembered(): Appearance {
  try {
    const kept = localStorage.getItem(KEY)
    return kept === 'light' || kept === 'dark' ? kept : 'auto'
  } catch {
    return 'auto'
  }
}

export const appearance = ref<Appearance>(remembered())
const night = window.matchMedia('(prefers-color-scheme: dark)')
const systemDark = ref(night.matches)
night.addEventListener('change', (event) => { systemDark.value = event.matches })

export const dark = computed(() => appearance.value === 'dark' || (appearance.value === 'auto' && systemDark.value))

export function setAppearance(value: Appearance): void {
  appearance.value = value
  try {
    localStorage.setItem(KEY, value)
  } catch { /* not remembered, still switched */ }
}

watchEffect(() => {
  document.documentElement.dataset['theme'] = dark.value ? 'dark' : 'light'
  document.documentElement.classList.toggle('van-theme-dark', dark.value)
  document.querySelector('meta[name=theme-color]')?.setAttribute('content', dark.value ? '#0a1a30' : '#12305b')
})
