/* Rows and answers of the API, by hand from the field tables in src/domain and docs/api.md. Times are ISO 8601 text,
 * dates YYYY-MM-DD, ids UUID text. An absent value is null or left out. Personal texts come masked. */

export type Id = string
export type Instant = string
export type Day = string
type Maybe<T> = T | null | undefined

/* The head of every row. */
export interface Row { id: Id; version: number; place_id?: Maybe<Id> }

export interface Place extends Row {
  parent_id?: Maybe<Id>; code: string; code_kind: string; name: string; kind: string; path: string
  valid_from?: Maybe<Day>; valid_to?: Maybe<Day>
  head?: Maybe<string>; head_phone?: Maybe<string>; deputy?: Maybe<string>; deputy_phone?: Maybe<string>
  population?: Maybe<number>; households?: Maybe<number>; lng?: Maybe<number>; lat?: Maybe<number>
  lane_no?: Maybe<number>; source?: Maybe<string>
}

export interface Post extends Row {
  code: string; name: string; kind: string; level: string; site?: Maybe<string>; road?: Maybe<string>
  direction?: Maybe<string>; neighbour_division?: Maybe<string>; lng?: Maybe<number>; lat?: Maybe<number>
  all_day?: Maybe<boolean>; owner?: Maybe<string>; owner_phone?: Maybe<string>; deputy?: Maybe<string>
  deputy_phone?: Maybe<string>; opened_at?: Maybe<Instant>; closed_at?: Maybe<Instant>
}

export interface PostPeriod extends Row { post_id: Id; opened_at: Instant; closed_at?: Maybe<Instant>; reason?: Maybe<string> }

export interface Person extends Row {
  name: string; doc_type: string; doc_no?: Maybe<string>; no_doc_reason?: Maybe<string>; sex?: Maybe<string>
  born_on?: Maybe<string>; phone?: Maybe<string>; home_division?: Maybe<string>; seen_on?: Maybe<Day>
}

export interface Passage extends Row {
  post_id: Id; flow_id?: Maybe<Id>; person_id?: Maybe<Id>; direction: string; passed_at: Instant
  plate?: Maybe<string>; plate_kind?: Maybe<string>; transport: string; occupants?: Maybe<number>; seat?: Maybe<string>
  from_division?: Maybe<string>; left_at?: Maybe<Instant>; via?: Maybe<string[]>; to_division?: Maybe<string>
  to_address?: Maybe<string>; local_contact?: Maybe<string>; local_contact_phone?: Maybe<string>; purpose?: Maybe<string>
  temp1?: Maybe<number>; device1?: Maybe<string>; ambient?: Maybe<number>; temp2?: Maybe<number>; device2?: Maybe<string>
  symptoms?: Maybe<string[]>; history?: Maybe<string[]>; proposal?: Maybe<string>; why?: Maybe<string[]>
  decision: string; reason?: Maybe<string>; handed_to?: Maybe<string>; handover_id?: Maybe<Id>; fever?: Maybe<boolean>
  officer_id?: Maybe<Id>; officer_card?: Maybe<string>; proxy?: Maybe<boolean>; declaration_id?: Maybe<Id>
}

/* Form F1: one person. The body of POST /passage. */
export interface PassageEntry {
  id?: Id; post_id: Id; flow_id?: Maybe<Id>; direction: string; passed_at: Instant; name: string; doc_type: string
  doc_no?: Maybe<string>; no_doc_reason?: Maybe<string>; sex?: Maybe<string>; born_on?: Maybe<Day>; phone?: Maybe<string>
  home_division?: Maybe<string>; plate?: Maybe<string>; plate_kind?: Maybe<string>; transport: string
  occupants?: Maybe<number>; seat?: Maybe<string>; from_division: string; left_at?: Maybe<Instant>; via?: Maybe<string[]>
  to_division?: Maybe<string>; to_address?: Maybe<string>; local_contact?: Maybe<string>
  local_contact_phone?: Maybe<string>; purpose?: Maybe<string>; temp1: number; device1: string; ambient?: Maybe<number>
  temp2?: Maybe<number>; device2?: Maybe<string>; symptoms?: Maybe<string[]>; history?: Maybe<string[]>
  decision: string; reason?: Maybe<string>; handed_to?: Maybe<string>; handover_place_id?: Maybe<Id>
  officer_card?: Maybe<string>; proxy?: Maybe<boolean>; declaration_code?: Maybe<string>
}

export interface TurnedBack { post_id: Id; post_name: string; passed_at: Instant }
export interface PassageAnswer extends Passage { turned_back?: Maybe<TurnedBack> }
export interface Proposal { proposal: string; why: string[]; fever: boolean; remeasure: boolean; turned_back?: Maybe<TurnedBack> }

export interface Handover extends Row {
  passage_id: Id; from_post_id: Id; kind: string; to_name?: Maybe<string>; name?: Maybe<string>; phone?: Maybe<string>
  to_address?: Maybe<string>; temp?: Maybe<number>; sent_at: Instant; due_at: Instant; acknowledged_at?: Maybe<Instant>
  state: string; acknowledged_by?: Maybe<Id>; note?: Maybe<string>
}

/* The traveller's own form; the body of POST /declaration. */
export interface DeclarationEntry {
  post_code: string; name: string; doc_type: string; doc_no?: Maybe<string>; no_doc_reason?: Maybe<string>
  phone?: Maybe<string>; home_division?: Maybe<string>; plate?: Maybe<string>; from_division: string
  via?: Maybe<string[]>; to_division?: Maybe<string>; to_address?: Maybe<string>; local_contact?: Maybe<string>
  local_contact_phone?: Maybe<string>; purpose?: Maybe<string>; symptoms?: Maybe<string[]>; history?: Maybe<string[]>
  notice_read: boolean
}
export interface DeclarationAnswer { code: string; expires_at: Instant; post_name: string }
export interface DeclarationFound { id: Id; content: Partial<DeclarationEntry> }

export interface Account extends Row {
  login: string; name: string; phone?: Maybe<string>; card_no?: Maybe<string>; active?: Maybe<boolean>
  must_change?: Maybe<boolean>; failures?: Maybe<number>; locked_until?: Maybe<Instant>
}
export interface Grant extends Row { account_id: Id; role: string; from_on?: Maybe<Day>; to_on?: Maybe<Day> }
export interface Session extends Row {
  account_id: Id; kind: string; device?: Maybe<string>; started_at: Instant; expires_at: Instant; revoked_at?: Maybe<Instant>
}

export interface Response_ extends Row { name: string; pathogen: string; started_on: Day; ended_on?: Maybe<Day> }
export interface ResponseLevel extends Row {
  response_id: Id; level: string; from_on: Day; legal_basis: string; order_no: string; issuer: string
}
export interface ProfileNumber extends Row { response_id: Id; name: string; value: number; source: string; from_on: Day }
export interface ListedArea extends Row {
  response_id: Id; division: string; name: string; kind: string; from_on: Day; to_on?: Maybe<Day>; source: string
}

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
export interface InboxItem extends Row {
  command: string; command_id?: Maybe<Id>; target_id?: Maybe<Id>; source?: Maybe<string>; line?: Maybe<number>; state: string
  problems?: Maybe<ProblemItem[]>; at_device?: Maybe<Instant>; actor_id?: Maybe<Id>; note?: Maybe<string>
}

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
