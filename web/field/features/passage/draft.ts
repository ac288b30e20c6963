/* What is being typed survives a reload: sealed like the queue, gone as soon as it is kept there. */
import { fieldStore } from '../outbox/db'
import type { Form } from './form'

const ID = 'register'

export async function saveDraft(form: Form): Promise<void> {
  const { db, vault } = await fieldStore()
  await db.drafts.put({ id: ID, sealed: await vault.seal(form) })
}

export async function dropDraft(): Promise<void> {
  const { db } = await fieldStore()
  await db.drafts.delete(ID)
}

/* The draft of this officer; another's is not shown to him and stays closed until it is overwritten. */
export async function loadDraft(owner: string): Promise<Form | null> {
  const { db, vault } = await fieldStore()
  const row = await db.drafts.get(ID)
  if (!row) return null
  try {
    const form = await vault.open<Form>(row.sealed)
    return form.owner === owner && form.occupants.length > 0 ? form : null
  } catch {
    await db.drafts.delete(ID) /* sealed under a key that is gone: nobody can read it any more */
    return null
  }
}
