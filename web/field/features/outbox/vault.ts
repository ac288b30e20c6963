/* Personal data at rest on the phone: sealed with AES-256-GCM under a key that the browser holds and no script can
 * read out (non-extractable CryptoKey in IndexedDB). It guards a lost phone's storage files, not an unlocked browser.
 * Without crypto.subtle (page served without TLS to another machine) texts stay plain, and the screen says so. */

export type Sealed = { iv: Uint8Array<ArrayBuffer>; data: ArrayBuffer } | { plain: string }

/* Where the key is kept between starts. */
export interface KeyStore {
  load(): Promise<CryptoKey | undefined>
  save(key: CryptoKey): Promise<void>
}

export interface Vault {
  sealed: boolean
  seal(value: unknown): Promise<Sealed>
  open<T>(sealed: Sealed): Promise<T>
}

const IV_BYTES = 12 /* NIST SP 800-38D: 96 bits, fresh for each text */

function plainVault(): Vault {
  return {
    sealed: false,
    seal: (value) => Promise.resolve({ plain: JSON.stringify(value) }),
    open: <T>(s: Sealed) => ('plain' in s ? Promise.resolve(JSON.parse(s.plain) as T) : Promise.reject(new Error('no key'))),
  }
}

async function keyOf(store: KeyStore, subtle: SubtleCrypto): Promise<CryptoKey> {
  const kept = await store.load()
  if (kept) return kept
  const key = await subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  await store.save(key)
  return key
}

export async function openVault(store: KeyStore, subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle): Promise<Vault> {
  if (!subtle) return plainVault()
  const key = await keyOf(store, subtle)
  return {
    sealed: true,
    async seal(value) {
      const iv = globalThis.crypto.getRandomValues(new Uint8Array(IV_BYTES))
      const text = new TextEncoder().encode(JSON.stringify(value))
      return { iv, data: await subtle.encrypt({ name: 'AES-GCM', iv }, key, text) }
    },
    async open<T>(s: Sealed) {
      if ('plain' in s) return JSON.parse(s.plain) as T
      const text = await subtle.decrypt({ name: 'AES-GCM', iv: s.iv }, key, s.data)
      return JSON.parse(new TextDecoder().decode(text)) as T
    },
  }
}
