/* The data of the live screen: counts, feed, hand-overs. Counts are asked again at most twice a second while changes
 * arrive; feed rows come straight from the events. */
import { computed, onBeforeUnmount, onMounted, ref, shallowRef, watch } from 'vue'
import { api } from '@shared/api'
import { listen } from '@shared/events'
import { hasRight } from '@shared/session'
import { today } from '@shared/time'
import type { ChangeEvent, Handover, Live, Passage } from '@shared/types'
import { failed } from '../../app/notify'
import { route } from '../../app/route'
import { isUnder, root } from '../../app/store'
import { atMostEvery } from '../../app/throttle'
import { FEED_ROWS, feedRow, mergeFeed, type FeedRow } from './feed'
import { liveFilter, liveQuery, passageQuery, within } from './filter'

/* Overdue hand-overs become so by the clock alone, and a stream may be broken without our knowing. */
const REFRESH_MS = 30000

export function useLive() {
  /* The day changes at midnight also while nobody touches the screen. */
  const day = ref(today())
  const filter = computed(() => liveFilter(route.value.query, root.value?.id ?? null, day.value))
  const key = computed(() => JSON.stringify(filter.value))
  /* Counts of the chosen part, and of all: the map keeps its colours when one county is chosen. */
  const live = shallowRef<Live | null>(null)
  const whole = shallowRef<Live | null>(null)
  /* And of all hours: the chart shows the day around the chosen ones. */
  const wholeDay = shallowRef<Live | null>(null)
  const feed = shallowRef<FeedRow[]>([])
  const handovers = shallowRef<Handover[]>([])
  const loading = ref(true)
  let asked = 0

  async function loadCounts(): Promise<void> {
    const turn = ++asked
    const f = filter.value
    const all = f.under !== root.value?.id
    const someHours = f.fromHour > 0 || f.toHour < 24
    const [part, total, hours] = await Promise.all([
      api.get<Live>('/live', liveQuery(f)),
      all ? api.get<Live>('/live', liveQuery({ ...f, under: root.value?.id ?? null })) : null,
      someHours ? api.get<Live>('/live', liveQuery({ ...f, fromHour: 0, toHour: 24 })) : null,
    ])
    if (turn !== asked) return /* the filter changed meanwhile: a later answer counts */
    live.value = part
    whole.value = total ?? part
    wholeDay.value = hours ?? part
  }

  async function loadFeed(): Promise<void> {
    const f = filter.value
    const mine = key.value
    const page = await api.list<Passage>('passage', { ...passageQuery(f), sort: '-passed_at', limit: FEED_ROWS })
    if (mine === key.value) feed.value = page.items.map((p) => feedRow(p.id, p, false))
  }

  async function loadHandovers(): Promise<void> {
    if (!hasRight('handover.read')) return
    const mine = key.value
    const page = await api.list<Handover>('handover', { state: 'waiting', sort: 'due_at', under: filter.value.under, limit: 100 })
    if (mine === key.value) handovers.value = page.items
  }

  async function loadAll(): Promise<void> {
    try {
      await Promise.all([loadCounts(), loadFeed(), loadHandovers()])
    } catch (error) {
      failed(error)
    } finally {
      loading.value = false
    }
  }

  const countsSoon = atMostEvery(500, loadCounts)
  const handoversSoon = atMostEvery(500, loadHandovers)

  function changed(changes: ChangeEvent[]): void {
    const f = filter.value
    const news = changes.filter((c) => c.entity === 'passage' && isUnder(c.place_id, f.under))
      .map((c) => feedRow(c.id, c.fields as Partial<Passage>, true)).filter((row) => within(f, row.passed_at))
    if (news.length) feed.value = mergeFeed(feed.value, news)
    if (changes.some((c) => c.entity === 'handover')) handoversSoon()
    countsSoon()
  }

  watch(key, () => {
    loading.value = true
    void loadAll()
  })

  let stop: () => void
  let timer: ReturnType<typeof setInterval>
  onMounted(() => {
    void loadAll()
    stop = listen(['passage', 'handover'], changed, () => void loadAll())
    timer = setInterval(() => {
      day.value = today()
      void Promise.all([loadCounts(), loadHandovers()]).catch(() => undefined)
    }, REFRESH_MS)
  })
  onBeforeUnmount(() => {
    stop()
    clearInterval(timer)
    countsSoon.cancel()
    handoversSoon.cancel()
  })
  return { filter, live, whole, wholeDay, feed, handovers, loading, reloadHandovers: handoversSoon, reloadCounts: countsSoon }
}
