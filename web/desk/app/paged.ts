/* A list that grows page by page ("load more"): key paging, so rows neither repeat nor get lost while others arrive. */
import { ref, shallowRef } from 'vue'
import { api, type Query } from '@shared/api'
import { failed } from './notify'

export function usePaged<T extends { id: string }>(entity: string, limit = 50) {
  const rows = shallowRef<T[]>([])
  const next = ref<string | null>(null)
  const loading = ref(false)
  let query: Query = {}
  let turn = 0

  async function fetchPage(after: string | null): Promise<void> {
    const mine = ++turn
    loading.value = true
    try {
      const page = await api.list<T>(entity, { limit, ...query, after })
      if (mine !== turn) return /* another filter was chosen meanwhile */
      rows.value = after ? [...rows.value, ...page.items] : page.items
      next.value = page.next
    } catch (error) {
      if (mine === turn) failed(error)
    } finally {
      if (mine === turn) loading.value = false
    }
  }

  return {
    rows, next, loading,
    load: (wanted: Query) => {
      query = wanted
      return fetchPage(null)
    },
    reload: () => fetchPage(null),
    more: () => (next.value ? fetchPage(next.value) : Promise.resolve()),
  }
}
