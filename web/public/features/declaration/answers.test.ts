import { beforeEach, describe, expect, it } from 'vitest'
import { emptyAnswers, entryOf, faultsOf, postCodeOf, type Answers } from './answers'
import { cells, DOC_TYPES, EXPOSURES, PURPOSES, readList, SYMPTOMS } from './lists'

const TODAY = '2020-02-04'
let a: Answers

beforeEach(() => {
  a = { ...emptyAnswers(), name: ' 测试甲 ', docNo: '11010519491231002x', phone: '138 1234 5678', from: '420106', noSymptoms: true, noHistory: true }
})
const faults = () => Object.keys(faultsOf(a, TODAY))

describe('answers', () => {
  it('has no fault when complete', () => expect(faults()).toEqual([]))
  it('names every fault of an empty form at once', () => {
    a = emptyAnswers()
    expect(faults()).toEqual(['name', 'doc_no', 'phone', 'from_division', 'symptoms', 'history'])
  })
  it('says what is wrong with a number, in both languages', () => {
    a.docNo = '110105194912310021'
    expect(faultsOf(a, TODAY).doc_no?.[0]).toContain('校验码')
    expect(faultsOf(a, TODAY).doc_no?.[1]).toContain('check')
    a.docNo = '410611180002291235'
    expect(faultsOf(a, TODAY).doc_no?.[0]).toContain('出生日期')
  })
  it('takes a person without document, who says why', () => {
    Object.assign(a, { docType: 'none', docNo: '' })
    expect(faults()).toEqual(['no_doc_reason'])
    a.noDocReason = '遗失'
    expect(entryOf(a, 'HB03', TODAY)).toMatchObject({ doc_type: 'none', no_doc_reason: '遗失' })
    expect(entryOf(a, 'HB03', TODAY)).not.toHaveProperty('doc_no')
  })
  it('checks a plate only if there is one', () => {
    a.plate = '豫F·1234'
    expect(faults()).toEqual(['plate'])
    a.plate = '豫f·d12345'
    expect(faults()).toEqual([])
    expect(entryOf(a, 'HB03', TODAY).plate).toBe('豫FD12345')
  })
  it('sends normal forms and the home division of the number', () => {
    expect(entryOf(a, 'HB03', TODAY)).toMatchObject({ post_code: 'HB03', name: '测试甲', doc_no: '11010519491231002X', phone: '13812345678', home_division: '110105', notice_read: true })
  })
})

describe('address of the page', () => {
  it('takes the code of the post', () => expect(['#HB03', '#/hb03', '#', '', '#a b', `#${'x'.repeat(17)}`].map(postCodeOf)).toEqual(['HB03', 'HB03', null, null, null, null]))
})

describe('code lists', () => {
  it('reads quoted cells', () => {
    expect(cells('a,"b, ""c""",,d')).toEqual(['a', 'b, "c"', '', 'd'])
    expect(readList('code,zh,en\nx,甲,"A, B"\n')).toEqual([{ code: 'x', zh: '甲', en: 'A, B' }])
  })
  it('has both languages for every item', () => {
    for (const list of [DOC_TYPES, EXPOSURES, PURPOSES, SYMPTOMS]) {
      expect(list.length).toBeGreaterThan(4)
      expect(list.filter((i) => !i.code || !i.zh || !i.en)).toEqual([])
    }
  })
})
