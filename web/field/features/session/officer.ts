/* The officer whose entries these are. Stays when the session ends under his hands, so that nothing typed is lost and
 * the queue waits for him to sign in again. */
import { computed, shallowRef, watch } from 'vue'
import { Problem } from '@shared/api'
import { loadMe, logout, me, useRememberedMe } from '@shared/session'
import type { Me } from '@shared/types'
import { fieldStore } from '../outbox/db'
import { forget, recall, remember } from '../../shell/cache'

export const officer = shallowRef<Me | null>(null)
/* There is an officer, but the server does not know his session any more. */
export const needSignIn = computed(() => officer.value !== null && me.value === null)

watch(me, (value) => {
  if (!value) return
  officer.value = value
  void remember('me', value)
})

export function mayDo(right: string): boolean {
  return officer.value?.rights.includes(right) ?? false
}

/* At start: the server's word, or without a network the remembered officer. True if somebody can work. */
export async function restoreOfficer(): Promise<boolean> {
  if (await recall<boolean>('sign_out_pending')) await finishSignOut()
  const kept = await recall<Me>('me')
  try {
    const found = await loadMe()
    if (!found && kept) officer.value = kept
    return found !== null
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    if (!kept) return false
    useRememberedMe(kept)
    officer.value = kept
    return true
  }
}

/* A sign-out without a network ends the session at the next chance. */
async function finishSignOut(): Promise<void> {
  try {
    await logout()
    await forget('sign_out_pending')
  } catch (error) {
    if (error instanceof Problem && error.status === 401) await forget('sign_out_pending')
  }
}

/* Wipes what was shown to this officer. Entries not yet sent stay, sealed, until he signs in again. */
export async function signOut(): Promise<void> {
  const { db } = await fieldStore()
  const id = officer.value?.account.id
  if (id) await db.log.where('owner').equals(id).delete()
  await db.drafts.clear()
  await forget('me')
  await remember('sign_out_pending', true)
  await finishSignOut()
  officer.value = null
}
