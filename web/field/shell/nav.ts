/* Which screen is shown. Register stays mounted below the others, so that nothing typed is lost. */
import { ref } from 'vue'

export type Screen = 'register' | 'posts' | 'today' | 'outbox' | 'handover'
export const screen = ref<Screen>('register')
export const signingIn = ref(false) /* the sign-in page over a form that is kept */
