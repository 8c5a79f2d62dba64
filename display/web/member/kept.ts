/** What the phone keeps in IndexedDB: its key (not extractable), the ballot on its way, and its receipts. */

import type { Jws } from '../shared/view'

export interface PhoneKey {
  readonly pair: CryptoKeyPair
  readonly jwk: JsonWebKey
  /** RFC 7638 thumbprint. */
  readonly keyId: string
}

export interface Enrolment {
  readonly enrolment: string
  readonly seat: string
  readonly digits: string
}

/** When the key was last tried, by this phone and by the hall, and was good. */
export interface KeyCheck {
  readonly keyId: string
  readonly at: string
}

/** A signed ballot without its receipt yet: sent again, the same bytes, until the hall answers for good. */
export interface PendingBallot {
  readonly vote: string
  readonly choice: string
  readonly jws: Jws
  readonly hash: string
}

export interface KeptReceipt {
  readonly ballot: string
  readonly vote: string
  readonly title: string
  readonly choice: string
  readonly seq: number
  readonly t: string
  readonly jws: Jws
  readonly signature: 'good' | 'unable'
}

const NAME = 'dien-hong-phone'
const VERSION = 1
const THINGS = 'things'
const RECEIPTS = 'receipts'

let opened: Promise<IDBDatabase> | undefined

function database(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION)
    request.onupgradeneeded = () => {
      request.result.createObjectStore(THINGS)
      request.result.createObjectStore(RECEIPTS, { keyPath: 'ballot' })
    }
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('IndexedDB is not there'))
  })
  return opened
}

/** Resolves when the change is committed, so that a ballot sent is a ballot kept. */
async function change(store: string, act: (objects: IDBObjectStore) => void): Promise<void> {
  const db = await database()
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(store, 'readwrite', { durability: 'strict' })
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error ?? new Error('nothing was kept'))
    act(transaction.objectStore(store))
  })
}

async function read<T>(store: string, ask: (objects: IDBObjectStore) => IDBRequest): Promise<T> {
  const db = await database()
  return new Promise((resolve, reject) => {
    const request = ask(db.transaction(store).objectStore(store))
    request.onsuccess = () => resolve(request.result as T)
    request.onerror = () => reject(request.error ?? new Error('nothing could be read'))
  })
}

export const keptKey = () => read<PhoneKey | undefined>(THINGS, (things) => things.get('key'))
export const keepKey = (key: PhoneKey) => change(THINGS, (things) => things.put(key, 'key'))
export const dropKey = () => change(THINGS, (things) => things.delete('key'))
export const keptCheck = () => read<KeyCheck | undefined>(THINGS, (things) => things.get('check'))
export const keepCheck = (one: KeyCheck) => change(THINGS, (things) => things.put(one, 'check'))
export const keptEnrolment = () => read<Enrolment | undefined>(THINGS, (things) => things.get('enrolment'))
export const keepEnrolment = (one: Enrolment) => change(THINGS, (things) => things.put(one, 'enrolment'))
export const dropEnrolment = () => change(THINGS, (things) => things.delete('enrolment'))
export const keptPending = () => read<PendingBallot | undefined>(THINGS, (things) => things.get('pending'))
export const keepPending = (one: PendingBallot) => change(THINGS, (things) => things.put(one, 'pending'))
export const dropPending = () => change(THINGS, (things) => things.delete('pending'))
export const keptReceipts = () => read<KeptReceipt[]>(RECEIPTS, (receipts) => receipts.getAll())
export const keepReceipt = (one: KeptReceipt) => change(RECEIPTS, (receipts) => receipts.put(one))
