import { createApp } from 'vue'
import { lang, setLang } from '@shared/i18n'
import '@shared/theme.css'
import './styles.css'
import App from './App.vue'

setLang(lang.value)
createApp(App).mount('#app')
