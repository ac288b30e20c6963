/* What can be imported from a table, by the rights of the signed-in person. */
import { hasRight } from '@shared/session'

const ENTITIES: [string, string, string][] = [
  ['post', '卡点', 'Checkpoints'], ['place', '区划', 'Places'], ['boundary', '边界', 'Boundaries'], ['account', '账号', 'Accounts'], ['grant', '授权', 'Grants'],
  ['passage', '通行登记(纸质补录)', 'Passages (from paper)'], ['response', '应急响应', 'Responses'], ['response_level', '响应级别', 'Response levels'],
  ['profile_number', '病种参数', 'Profile numbers'], ['listed_area', '重点地区', 'Listed areas'],
]

export function importable(): { name: string; zh: string; en: string }[] {
  return ENTITIES.filter(([name]) => hasRight(name === 'passage' ? 'passage.import' : `${name}.create`)).map(([name, zh, en]) => ({ name, zh, en }))
}
