/* What the phone keeps. Personal texts stand only in `sealed` members; everything else is masked or not personal. */
import Dexie, { type Table } from 'dexie'
import type { ProblemItem } from '@shared/types'
import { openVault, type KeyStore, type Sealed, type Vault } from './vault'

/* One command that the server has not yet answered for good. */
export interface OutboxRow {
  id: string            /* of the command and of the row that it makes */
  owner: string         /* account id: sent only under this officer's session, else it would bear another's name */
  owner_name: string
  created: number       /* ms; oldest goes first */
  state: 'waiting' | 'correction'
  label: string         /* masked, for the list: "马** · 豫F·1***5" */
  sealed: Sealed        /* of a BatchLine */
  problems: ProblemItem[]
  inbox_id: string | null
  status: number | null /* of the last answer */
}

/* One line of today's own list, masked. */
export interface LogRow {
  id: string
  owner: string
  at: number
  name: string
  plate: string
  temp: string
  decision: string
  fever: boolean
  state: 'waiting' | 'sent' | 'correction'
}

export class FieldDb extends Dexie {
  outbox!: Table<OutboxRow, string>
  log!: Table<LogRow, string>
  drafts!: Table<{ id: string; sealed: Sealed }, string>
  cache!: Table<{ key: string; value: unknown; at: number }, string>
  keys!: Table<{ id: string; key: CryptoKey }, string>

  constructor(name = 'redoubt-field') {
    super(name)
    this.version(1).stores({
      outbox: 'id, created, state',
      log: 'id, owner, at',
      drafts: 'id',
      cache: 'key',
      keys: 'id',
    })
  }
}

const KEY_ID = 'vault'

export function keyStore(db: FieldDb): KeyStore {
  return {
    load: async () => (await db.keys.get(KEY_ID))?.key,
    save: async (key) => { await db.keys.put({ id: KEY_ID, key }) },
  }
}

let opened: Promise<{ db: FieldDb; vault: Vault }> | null = null

/* The phone's own store, opened once. */
export function fieldStore(): Promise<{ db: FieldDb; vault: Vault }> {
  opened ??= (async () => {
    const db = new FieldDb()
    await db.open()
    return { db, vault: await openVault(keyStore(db)) }
  })()
  return opened
}
