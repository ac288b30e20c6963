/* What can be done with a hand-over, asked for where it stands in a list. */
import { api } from '@shared/api'
import { codeLabel } from '@shared/codes'
import { t } from '@shared/i18n'
import { durationText, minutesBetween } from '@shared/time'
import type { Handover } from '@shared/types'
import { ask, show } from '../../app/ask'
import { done, failed } from '../../app/notify'

/* Minutes past the time by which it had to be acknowledged; negative while there is time. */
export function minutesOver(h: Handover, now: number): number {
  return minutesBetween(h.due_at, now) ?? 0
}

export function dueText(h: Handover, now: number): string {
  const over = minutesOver(h, now)
  const [zh, en] = durationText(Math.abs(over))
  return over > 0 ? t(`超时 ${zh}`, `${en} overdue`) : t(`剩 ${zh}`, `${en} left`)
}

export async function acknowledge(h: Handover): Promise<boolean> {
  const note = await ask({
    title: t('确认接收', 'Acknowledge'), confirm: t('确认接收', 'Acknowledge'),
    hint: `${codeLabel('handover_kind', h.kind)} · ${h.to_name ?? ''} · ${h.name ?? ''}`, label: t('备注(可不填)', 'Note (optional)'),
  })
  if (note === null) return false
  try {
    await api.command(`handover/${h.id}/acknowledge`, note ? { note } : {})
    done(t('已确认接收', 'Acknowledged'))
    return true
  } catch (error) {
    failed(error)
    return false
  }
}

export async function reveal(h: Handover): Promise<void> {
  const reason = await ask({
    title: t('查看明文', 'Show in the clear'), label: t('理由', 'Reason'), required: true, confirm: t('查看', 'Show'),
    hint: t('查看人、时间和理由将被记录。', 'Who looked, when and why will be recorded.'),
  })
  if (reason === null) return
  try {
    const clear = await api.command<{ name: string; phone: string; to_address: string }>(`handover/${h.id}/reveal`, { reason })
    show({
      title: t('移交对象', 'Person handed over'), warning: t('仅用于接收此人,不得抄录外传。', 'Only to receive this person; do not copy or pass on.'),
      rows: [{ label: t('姓名', 'Name'), value: clear.name }, { label: t('电话', 'Phone'), value: clear.phone },
        { label: t('详细地址', 'Address'), value: clear.to_address }],
    })
  } catch (error) {
    failed(error)
  }
}
