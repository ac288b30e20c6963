import { describe, expect, it } from 'vitest'
import { qrText } from '../../../public/features/declaration/answers'
import { codeOf } from './scan'

describe('scanned codes', () => {
  it("reads what the traveller's page writes", () => expect(codeOf(qrText('HB03', '483920'))).toBe('483920'))
  it('reads bare digits and nothing else', () => {
    expect(codeOf('483920')).toBe('483920')
    expect(['48392', '4839201', 'http://x/483920', 'redoubt:HB03:48392a', ''].map(codeOf)).toEqual([null, null, null, null, null])
  })
})
