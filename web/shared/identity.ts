/* Chinese identity numbers, other documents, phones, division codes: the twin of src/domain/person/person_rules.c. Both
 * pass tests/fixtures/identity.json. Source: GB 11643-1999, ISO 7064 MOD 11-2; domain §2.2 [V1]. */

export type Sex = 'male' | 'female'

export interface Identity {
  bornOn: string   /* YYYY-MM-DD */
  sex: Sex
  division: string /* the first six digits; perhaps a code long abolished, so never a reason to refuse */
}

/* Why a number is refused, the first that applies. 'short' is no fault while somebody is still typing. */
export type IdentityError = 'short' | 'long' | 'characters' | 'check' | 'date' | 'future' | 'age'

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const CHECKS = '10X98765432'
const AGE_LIMIT = 120 /* full years */

/* Full-width letters and digits, as Chinese keyboards make them, to ASCII. */
export function halfWidth(text: string): string {
  return text.replace(/[\uFF01-\uFF5E]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
}

/* Upper case, without blanks: the form that is checked, stored and hashed. */
export function normalDocument(number: string): string {
  return halfWidth(number).replace(/[ \t\u3000]/g, '').replace(/[a-z]/g, (c) => c.toUpperCase())
}

export function checkCharacter(first17: string): string {
  let sum = 0
  for (let i = 0; i < 17; i++) sum += Number(first17[i]) * (WEIGHTS[i] ?? 0)
  return CHECKS[sum % 11] ?? ''
}

/* 'YYYYMMDD' to 'YYYY-MM-DD' if the Gregorian calendar has that day. */
function realDate(digits: string): string | null {
  const y = Number(digits.slice(0, 4)), m = Number(digits.slice(4, 6)), d = Number(digits.slice(6, 8))
  const leap = (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0
  const length = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][m - 1]
  if (y < 1 || length === undefined || d < 1 || d > length) return null
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`
}

/* Full years; a birthday counts from its day on. */
export function ageOn(bornOn: string, today: string): number {
  const years = Number(today.slice(0, 4)) - Number(bornOn.slice(0, 4))
  return today.slice(5) < bornOn.slice(5) ? years - 1 : years
}

/* Reads a number in normal form. `today` null: not compared with a day. */
export function parseIdentity(number: string, today: string | null): Identity | IdentityError {
  if (!/^([1-9]\d{0,16}[\dX]?)?$/.test(number.slice(0, 18)) || /X./.test(number.slice(0, 18))) return 'characters'
  if (number.length < 18) return number.includes('X') ? 'characters' : 'short'
  if (number.length > 18) return 'long'
  if (checkCharacter(number) !== number[17]) return 'check'
  const bornOn = realDate(number.slice(6, 14))
  if (!bornOn) return 'date'
  if (today !== null && bornOn > today) return 'future'
  if (today !== null && ageOn(bornOn, today) > AGE_LIMIT) return 'age'
  return { bornOn, sex: Number(number[16]) % 2 === 1 ? 'male' : 'female', division: number.slice(0, 6) }
}

const IDENTITY_TEXTS: Record<IdentityError, [string, string]> = {
  short: ['位数不足 18 位', 'Fewer than 18 characters'],
  long: ['多于 18 位', 'More than 18 characters'],
  characters: ['含有不应出现的字符', 'Contains characters that do not belong'],
  check: ['校验码不符,请核对每一位', 'The check character does not fit; compare each digit'],
  date: ['出生日期不存在', 'No such birth date'],
  future: ['出生日期晚于今天', 'Born after today'],
  age: ['年龄超过 120 岁', 'Older than 120 years'],
}

/* Chinese and English, for t(). */
export function identityErrorText(error: IdentityError): [string, string] {
  return IDENTITY_TEXTS[error]
}

/* Capitals and digits, between so many of them: wide on purpose, formats of other states change. */
const PERMITS: Record<string, [number, number]> = {
  passport: [6, 17], hk_macau_permit: [9, 11], taiwan_permit: [8, 11], exit_entry_permit: [7, 12],
}

function freeText(text: string, min: number): boolean {
  const n = [...text].length
  return n >= min && n <= 30 && !/[\u0000-\u001f\u007f]/.test(text)
}

/* Form of a number in normal form for its document type. */
export function validDocument(type: string, number: string, today: string | null): boolean {
  if (type === 'id_card') return typeof parseIdentity(number, today) === 'object'
  if (type === 'hmt_residence') return /^(81|82|83)/.test(number) && typeof parseIdentity(number, today) === 'object'
  if (type === 'officer_card' || type === 'other') return freeText(number, type === 'other' ? 1 : 4)
  const limits = PERMITS[type]
  return limits !== undefined && /^[A-Z0-9]*$/.test(number) && number.length >= limits[0] && number.length <= limits[1]
}

/* Mobile; landline with area code, one hyphen or none; abroad + and 7 to 15 digits (E.164). */
export function validPhone(phone: string): boolean {
  return /^1[3-9]\d{9}$/.test(phone) || /^0[1-9]\d{9,10}$/.test(phone) || /^0[1-9]\d{1,2}-\d{7,8}$/.test(phone) ||
    /^\+[1-9]\d{6,14}$/.test(phone)
}

/* 6 digits (county and above), 9 (township) or 12 (village). */
export function validDivision(code: string): boolean {
  return /^[1-9](\d{5}|\d{8}|\d{11})$/.test(code)
}
