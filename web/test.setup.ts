/* Debian 12's Node.js 18 keeps two globals of the browser behind switches that newer ones have; tests need both. */
import { webcrypto } from 'node:crypto'

if (!('crypto' in globalThis)) Object.defineProperty(globalThis, 'crypto', { value: webcrypto })

if (!('CustomEvent' in globalThis)) {
  class CustomEventOfNode18<T> extends Event {
    readonly detail: T | null
    constructor(type: string, init?: CustomEventInit<T>) {
      super(type, init)
      this.detail = init?.detail ?? null
    }
  }
  Object.defineProperty(globalThis, 'CustomEvent', { value: CustomEventOfNode18 })
}
