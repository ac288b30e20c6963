/* Rows and bodies of the API as the applications use them, from api.gen.ts, which the program prints from its field tables;
 * and the answers of reads that are more than a list, by hand from docs/api.md. */
import type * as printed from './api.gen'

export type Id = printed.Id
export type Instant = printed.InstantText
export type Day = printed.DateText
type Maybe<T> = T | null | undefined

/* Codes are plain text here: lists are data of the installation, and an application must not fail on a new code. */
type Plain<T> = T extends string ? string : T extends string[] ? string[] : T
/* A row in which the fields K are always there and the others may be absent. */
type Known<T, K extends keyof T> =
  { [F in K]: Plain<NonNullable<T[F]>> } & { [F in Exclude<keyof T, K>]?: Plain<NonNullable<T[F]>> | null }
/* A body to send: what is required stays so. */
type Sent<T> = { [F in keyof T]: Plain<NonNullable<T[F]>> | (null extends T[F] ? null : never) }

/* The head of every row. */
export interface Row { id: Id; version: number; place_id?: Maybe<Id> }
type Head = 'id' | 'version'

export type Place = Known<printed.Place, Head | 'code' | 'code_kind' | 'name' | 'kind' | 'path'>
export type Post = Known<printed.Post, Head | 'code' | 'name' | 'kind' | 'level'>
export type PostPeriod = Known<printed.PostPeriod, Head | 'post_id' | 'opened_at'>
export type Person = Known<printed.Person, Head | 'name' | 'doc_type'>
export type Passage = Known<printed.Passage, Head | 'post_id' | 'direction' | 'passed_at' | 'transport' | 'decision'>
export type Handover = Known<printed.Handover, Head | 'passage_id' | 'from_post_id' | 'kind' | 'sent_at' | 'due_at' | 'state'>
export type Account = Known<printed.Account, Head | 'login' | 'name'>
export type Grant = Known<printed.Grant, Head | 'account_id' | 'role'>
export type Session = Known<printed.Session, Head | 'account_id' | 'kind' | 'started_at' | 'expires_at'>
export type Response_ = Known<printed.Response, Head | 'name' | 'pathogen' | 'started_on'>
export type ResponseLevel = Known<printed.ResponseLevel, Head | 'response_id' | 'level' | 'from_on' | 'legal_basis' | 'order_no' | 'issuer'>
export type ProfileNumber = Known<printed.ProfileNumber, Head | 'response_id' | 'name' | 'value' | 'source' | 'from_on'>
export type ListedArea = Known<printed.ListedArea, Head | 'response_id' | 'division' | 'name' | 'kind' | 'from_on' | 'source'>

/* Form F1: one person. The body of POST /passage. */
export type PassageEntry = { id?: Id } & Sent<printed.PassageRegisterInput>

/* The traveller's own form; the body of POST /declaration. */
export type DeclarationEntry = Sent<printed.DeclarationCreateInput>
export interface DeclarationAnswer { code: string; expires_at: Instant; post_name: string }
export interface DeclarationFound { id: Id; content: Partial<DeclarationEntry> }

export interface TurnedBack { post_id: Id; post_name: string; passed_at: Instant }
export interface PassageAnswer extends Passage { turned_back?: Maybe<TurnedBack> }
export interface Proposal { proposal: string; why: string[]; fever: boolean; remeasure: boolean; turned_back?: Maybe<TurnedBack> }

export interface Profile {
  response_id?: Maybe<Id>; name?: Maybe<string>; level?: Maybe<string>; from_on?: Maybe<Day>
  area?: Maybe<string> /* code of the place that responds */
  numbers: Record<string, { value: number; source: string }>
  listed: { division: string; name: string; kind: string; from_on: Day; to_on?: Maybe<Day> }[]
}

export interface Me {
  account: { id: Id; login: string; name: string; card_no?: Maybe<string>; place_id: Id; must_change: boolean }
  session_id: Id
  grants: { role: string; place_id: Id; place_name: string; path: string }[]
  rights: string[]
  offset_min: number
}

export type Decisions = Partial<Record<string, number>>

export interface Live {
  day: Day; under: Id
  totals: { passage: number; flow: number; fever: number; decision: Decisions }
  hours: { hour: number; passage: number; fever: number; decision: Decisions }[]
  posts: { post_id: Id; passage: number; fever: number; turn_back: number }[]
  places: { place_id: Id; passage: number; fever: number; turn_back: number }[]
  handover: { waiting: number; overdue: number }
  inbox: number
  level: { level: string; name: string; from_on: Day } | null
}

export interface ChangeEvent {
  entity: string; id: Id; version: number; created: boolean; place_id?: Maybe<Id>; at: Instant
  fields: Record<string, unknown>
}

export interface HistoryItem {
  version: number; seq: number; at: Instant; actor_id?: Maybe<Id>; command: string; reason?: Maybe<string>
  fields: Record<string, unknown>
}

/* An input that failed its checks. It was received at the time in its id. What was sent: GET /inbox/{id}/content. */
export type InboxItem = Omit<Known<printed.Inbox, Head | 'command' | 'state'>, 'problems'> & { problems?: Maybe<ProblemItem[]> }

export interface ProblemItem {
  code: string; entity?: Maybe<string>; row?: Maybe<number>; field?: Maybe<string>; message?: string; message_en?: string
  detail?: Maybe<string>
}

export interface CodeItem { code: string; zh: string; en: string }
export type CodeLists = Record<string, CodeItem[]>

export interface ImportReport {
  rows: number; created: number; changed: number; unchanged: number; bad: number; problems: ProblemItem[]
}

export interface BatchLine {
  command: string; id: Id; target?: Id; at?: Instant; reason?: string; version?: number; data: Record<string, unknown>
}
export interface BatchAnswer { line: number; id: Id; status: number; answer?: unknown; problems?: ProblemItem[]; inbox_id?: Id }
