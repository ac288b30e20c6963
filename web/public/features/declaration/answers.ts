/* A traveller's answers: held in memory only, checked as the server checks them, sent once. */
import { identityErrorText, normalDocument, parseIdentity, validDocument, validPhone } from '@shared/identity'
import { normalPlate, parsePlate } from '@shared/plate'
import type { DeclarationEntry } from '@shared/types'

export interface Answers {
  name: string; docType: string; docNo: string; noDocReason: string; phone: string; plate: string
  from: string; via: string[]; to: string; toAddress: string; purpose: string
  symptoms: string[]; noSymptoms: boolean; history: string[]; noHistory: boolean
}

export function emptyAnswers(): Answers {
  return { name: '', docType: 'id_card', docNo: '', noDocReason: '', phone: '', plate: '', from: '', via: [], to: '', toAddress: '', purpose: '',
    symptoms: [], noSymptoms: false, history: [], noHistory: false }
}

export type Texts = [zh: string, en: string]
export type Faults = Partial<Record<keyof DeclarationEntry, Texts>>

function documentFault(a: Answers, today: string): Texts | null {
  const number = normalDocument(a.docNo)
  if (number === '') return ['请填写证件号码', 'Give the document number']
  if (a.docType === 'id_card') {
    const read = parseIdentity(number, today)
    return typeof read === 'string' ? identityErrorText(read) : null
  }
  return validDocument(a.docType, number, today) ? null : ['号码与证件类型不符,请核对', 'The number does not fit the kind of document']
}

/* All that is wrong or missing, by the name of the field. Symptoms and exposure must be answered: silence is no "no". */
export function faultsOf(a: Answers, today: string): Faults {
  const out: Faults = {}
  if (a.name.trim() === '') out.name = ['请填写姓名', 'Give your name']
  const document = a.docType === 'none' ? null : documentFault(a, today)
  if (document) out.doc_no = document
  if (a.docType === 'none' && a.noDocReason.trim() === '') out.no_doc_reason = ['请说明为什么没有证件', 'Say why you have no document']
  if (a.phone.trim() === '') out.phone = ['请填写电话,可填家人的电话', "Give a phone number; a relative's will do"]
  else if (!validPhone(phoneOf(a))) out.phone = ['电话号码不正确', 'Not a valid phone number']
  if (a.plate.trim() !== '' && !parsePlate(normalPlate(a.plate))) out.plate = ['车牌号不正确,请核对', 'Not a valid plate']
  if (a.from === '') out.from_division = ['请选择从哪里来', 'Choose where you come from']
  if (a.symptoms.length === 0 && !a.noSymptoms) out.symptoms = ['请选择,没有请点「都没有」', 'Please answer; "None of these" if there are none']
  if (a.history.length === 0 && !a.noHistory) out.history = ['请选择,没有请点「都没有」', 'Please answer; "None of these" if there are none']
  return out
}

function phoneOf(a: Answers): string {
  return a.phone.replace(/[\s()]/g, '').replace(/^((?:\+?86)?)(1[3-9][\d-]+)$/, (_all, prefix: string, rest: string) => prefix + rest.replaceAll('-', ''))
}

const orUndefined = (text: string) => text.trim() || undefined

export function entryOf(a: Answers, postCode: string, today: string): DeclarationEntry {
  const number = normalDocument(a.docNo)
  const identity = a.docType === 'id_card' ? parseIdentity(number, today) : null
  return {
    post_code: postCode, name: a.name.trim(), doc_type: a.docType,
    ...(a.docType === 'none' ? { no_doc_reason: a.noDocReason.trim() } : { doc_no: number }),
    phone: phoneOf(a), home_division: identity && typeof identity === 'object' ? identity.division : undefined,
    plate: orUndefined(normalPlate(a.plate)), from_division: a.from, via: a.via.length ? a.via : undefined,
    to_division: orUndefined(a.to), to_address: orUndefined(a.toAddress), purpose: orUndefined(a.purpose),
    symptoms: a.symptoms.length ? a.symptoms : undefined, history: a.history.length ? a.history : undefined, notice_read: true,
  }
}

/* The code as the officer's phone reads it from the screen. */
export function qrText(postCode: string, code: string): string {
  return `redoubt:${postCode}:${code}`
}

/* "#HB03" or "#/HB03" to the post's code; null when there is none. */
export function postCodeOf(hash: string): string | null {
  const code = decodeURIComponent(hash.replace(/^#\/?/, '')).trim().toUpperCase()
  return /^[A-Z0-9_-]{2,16}$/.test(code) ? code : null
}
