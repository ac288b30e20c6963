/* Answers that must be there without a network: asked first, remembered, and taken from memory when asking fails.
 * Nothing personal of travellers comes here. */
import { Problem } from '@shared/api'
import { fieldStore } from '../features/outbox/db'

export async function remember(key: string, value: unknown): Promise<void> {
  const { db } = await fieldStore()
  /* Through JSON: reactive proxies cannot be cloned into IndexedDB. */
  await db.cache.put({ key, value: JSON.parse(JSON.stringify(value)) as unknown, at: Date.now() })
}

export async function recall<T>(key: string): Promise<T | undefined> {
  const { db } = await fieldStore()
  return (await db.cache.get(key))?.value as T | undefined
}

export async function forget(key: string): Promise<void> {
  const { db } = await fieldStore()
  await db.cache.delete(key)
}

/* The network's answer, else the remembered one; undefined when there is neither. */
export async function networkFirst<T>(key: string, ask: () => Promise<T>): Promise<T | undefined> {
  try {
    const value = await ask()
    await remember(key, value)
    return value
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return recall<T>(key)
  }
}
