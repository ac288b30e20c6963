import { createApp } from 'vue'
import { lang, setLang } from '@shared/i18n'
import '@shared/theme.css'
import 'vant/es/config-provider/style'
import './styles.css'
import './shell/appearance'
import App from './App.vue'

setLang(lang.value)
createApp(App).mount('#app')

/* Only in a secure context (https, or this machine itself) is there a service worker; elsewhere it simply needs the network to open. */
const base = import.meta.env.BASE_URL
if (import.meta.env.PROD && 'serviceWorker' in navigator) void navigator.serviceWorker.register(`${base}sw.js`, { scope: base }).catch(() => undefined)
