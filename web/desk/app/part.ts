/* The first rows of a list that is wholly at hand: thousands of table rows at once make a page slow. */
import { computed, ref, watch, type Ref } from 'vue'

export function usePart<T>(rows: Ref<T[]>, step = 200) {
  const limit = ref(step)
  /* Another filter, not another version of the same rows. */
  watch(() => rows.value.length, () => { limit.value = step })
  return {
    part: computed(() => rows.value.slice(0, limit.value)),
    left: computed(() => rows.value.length > limit.value),
    more: () => { limit.value += step },
  }
}
