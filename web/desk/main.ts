import { createApp } from 'vue'
import '@shared/theme.css'
/* Before desk.css, which changes some of it. */
import './app/element'
import './desk.css'
import App from './App.vue'

createApp(App).mount('#app')
