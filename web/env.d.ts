/* Modules that exist only in the build. */

/* Divisions of GB/T 2260 as text: one `code name` a line, see vite.divisions.ts. */
declare module 'virtual:divisions' {
  const text: string
  export default text
}

/* Files of the application and a digest of them; defined only while sw.ts is built (see build.mjs). */
declare const __ASSETS__: string[]
declare const __REVISION__: string

/* Element Plus publishes these modules without types. */
declare module 'element-plus/es/locale/lang/zh-cn' {
  const locale: import('element-plus/es/locale').Language
  export default locale
}
declare module 'element-plus/es/locale/lang/en' {
  const locale: import('element-plus/es/locale').Language
  export default locale
}
