/* The pages of the desk: address, name, who sees it. Each is loaded when it is first opened. */
import { type Component, defineAsyncComponent } from 'vue'
import { Bell, DataAnalysis, Grid, Location, Setting, Tickets } from '@element-plus/icons-vue'
import { hasRight } from '@shared/session'

export interface Page { path: string; zh: string; en: string; icon: Component; rights: string[]; view: Component }

export const PAGES: Page[] = [
  { path: '/live', zh: '实时态势', en: 'Live', icon: DataAnalysis, rights: ['passage.read'],
    view: defineAsyncComponent(() => import('../features/live/LiveScreen.vue')) },
  { path: '/passage', zh: '通行登记', en: 'Passages', icon: Tickets, rights: ['passage.read'],
    view: defineAsyncComponent(() => import('../features/passage/PassageList.vue')) },
  { path: '/handover', zh: '移交', en: 'Hand-overs', icon: Bell, rights: ['handover.read'],
    view: defineAsyncComponent(() => import('../features/handover/HandoverScreen.vue')) },
  { path: '/post', zh: '卡点', en: 'Posts', icon: Location, rights: ['post.read'],
    view: defineAsyncComponent(() => import('../features/post/PostList.vue')) },
  { path: '/inbox', zh: '待更正', en: 'Inbox', icon: Grid, rights: ['inbox.read'],
    view: defineAsyncComponent(() => import('../features/inbox/InboxScreen.vue')) },
  { path: '/admin', zh: '管理', en: 'Admin', icon: Setting,
    rights: ['grant.read', 'place.change', 'response.change', 'journal.read'],
    view: defineAsyncComponent(() => import('../features/admin/AdminScreen.vue')) },
]

export function allowed(page: Page): boolean {
  return page.rights.some(hasRight)
}

/* The page of an address: the longest path that begins it ("/post/<id>/poster" is of "/post"). */
export function pageOf(path: string): Page | undefined {
  return PAGES.find((page) => path === page.path || path.startsWith(`${page.path}/`))
}
