// Valid passages of invented people, as many different ones as wanted; number n always gives the same person.
import { documentNumber, instant, uuid } from './words.mjs'

const families = '安柏查楚戴方高郝纪柯黎苗聂欧潘祁饶盛唐温项颜詹庄'
const givens = ['若一', '知秋', '晚晴', '望舒', '向远', '闻笛', '听雨', '怀瑾', '疏影', '清和']

export function documentOf(n) {
  const day = new Date(Date.UTC(1950, 0, 1) + (n % 18000) * 86400000).toISOString().slice(0, 10).replaceAll('-', '')
  return documentNumber(`410603${day}${String(Math.floor(n / 18000) % 1000).padStart(3, '0')}`)
}

/** A body of POST /api/v1/passage, with its own id. More fields replace those here. */
export function passage(postId, n, fields = {}) {
  return {
    id: uuid(),
    post_id: postId,
    direction: 'in',
    passed_at: instant(Date.now() - 60000),
    name: families[n % families.length] + givens[Math.floor(n / families.length) % givens.length],
    doc_type: 'id_card',
    doc_no: documentOf(n),
    phone: '139' + String(n % 100000000).padStart(8, '0'),
    transport: 'car',
    plate: '豫F' + String(n % 100000).padStart(5, '0'),
    occupants: 1,
    from_division: '410603',
    temp1: 36.4,
    device1: 'forehead',
    ambient: 18,
    decision: 'pass',
    ...fields,
  }
}
